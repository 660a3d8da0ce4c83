"""A validation of a run: planned, tuned once, gone on with, told as it was measured."""

import json
import pickle
from dataclasses import replace
from itertools import combinations

import pytest

from delift_core.errors import (
    ChangedModel,
    DamagedRun,
    InvalidConstraint,
    InvalidName,
    InvalidValidation,
    ModelUnavailable,
    NotValidated,
    UnknownChoice,
)
from delift_core.executors.processes import LocalProcesses
from delift_core.export.manifest import manifest_of
from delift_core.report.document import write_report
from delift_core.runs.held_out import attach_held_out
from delift_core.runs.integrity import missing_work
from delift_core.runs.selections import save_selection
from delift_core.scoring.threads import threads_in_use
from delift_core.selection.choice import Choice
from delift_core.validation.arms import RANDOM, UNTUNED, WHOLE_AT_EQUAL_TOKENS, Design, cells_of
from delift_core.validation.tuning_cost import NOTHING, TuningCost
from delift_core.validation.validations import read_settings, stored_validations
from delift_core.workflow import validate as work
from delift_core.workflow.choose import choose
from delift_core.workflow.export import provenance_of
from delift_core.workflow.findings import findings_of, parts_record
from delift_core.workflow.plan_validation import (
    Protocol,
    Subject,
    chosen_now,
    plan_validation,
    stored_subject,
)
from delift_core.workflow.receipt import read_receipt
from delift_core.workflow.score import score_missing
from delift_core.workflow.validate import complete_validation, cost_of_validation
from delift_core.workflow.validation import open_validation
from tests.conftest import dataset
from tests.workflow.counting import Counting

HELD_OUT = [
    ("Name a small colour", "pink"),
    ("Name a big colour", "red"),
    ("Add 7 and 2", "9"),
    ("Say thanks", "thank you"),
]
CHOICE = Choice(objective="facility_location", budget="2")
PROTOCOL = Protocol(design=Design(epochs=1, random=2, seeds=2), learning_rates=(1e-3,))


@pytest.fixture
def run(new_run, tiny):
    """a scored run with held-out examples"""
    run = new_run("pool", "known")
    for _ in score_missing(missing_work(run, ["pool_pool"]), tiny()):
        pass
    return attach_held_out(run, dataset("held", HELD_OUT))


@pytest.fixture
def validation(run):
    return plan_validation(run, chosen_now(run, CHOICE), PROTOCOL)


def complete(validation, progress=None):
    return list(complete_validation(validation, "cpu", *([progress] if progress else [])))


def contents(folder):
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.parquet"))}


def test_every_model_is_tuned_once_and_progress_counts_every_row(validation):
    done = []
    cost = cost_of_validation(validation, "cpu")
    tuned = complete(validation, Counting(done))
    assert len(tuned) == len(validation.cells) == cost.models
    assert sum(done) == validation.rows_read(validation.cells) == cost.rows
    assert cost.seconds > 0 and cost.tokens > 0
    assert complete(validation) == [] and cost_of_validation(validation, "cpu").models == 0


def test_groups_of_the_rows_train_apart_as_clients_and_every_row_is_counted(run):
    protocol = replace(PROTOCOL, tuner="prompt_clients", group_by="group", learning_rates=(1e-2,))
    validation = plan_validation(run, chosen_now(run, CHOICE), protocol)
    whole = max(validation.cells, key=lambda cell: len(cell.rows))
    sources = [example.extra["group"] for example in run.pool]
    assert len(set(whole.clients)) == len(set(sources)) > 1
    assert len(set(zip(whole.clients, sources))) == len(set(sources))
    done, cost = [], cost_of_validation(validation, "cpu")
    complete(validation, Counting(done))
    assert sum(done) == validation.rows_read(validation.cells) == cost.rows
    assert "nats" in findings_of(validation).sentence


def test_a_prefix_that_is_pruned_reads_the_rows_that_are_counted(run):
    protocol = replace(PROTOCOL, tuner="prefix_shared", options={"pruned": 0.4})
    validation = plan_validation(run, chosen_now(run, CHOICE), protocol)
    done, cost = [], cost_of_validation(validation, "cpu")
    complete(validation, Counting(done))
    assert sum(done) == validation.rows_read(validation.cells) == cost.rows


def test_several_processes_tune_that_many_models_at_a_time():
    cost = TuningCost(models=5, rows=50, tokens=500, seconds=10.0)
    assert [cost.shared_by(count).seconds for count in (1, 2, 5, 8)] == [10.0, 6.0, 2.0, 2.0]
    assert NOTHING.shared_by(2) == NOTHING


def test_what_several_processes_take_is_measured_in_their_threads(validation, monkeypatch):
    threads = []
    monkeypatch.setattr(
        work, "measured_cost", lambda *given: threads.append(threads_in_use()) or NOTHING
    )
    before = threads_in_use()
    cost_of_validation(validation, "cpu", executor=LocalProcesses(2, threads=before + 1))
    assert threads == [before + 1] and threads_in_use() == before


def test_what_is_stopped_goes_on_to_the_same_bytes(validation, run):
    whole = validation.store.folder
    complete(validation)
    expected = contents(whole)
    for file in list(whole.glob("*.parquet"))[::2]:
        file.unlink()
    remaining = complete_validation(validation, "cpu")
    next(remaining)
    remaining.close()
    complete(validation)
    assert contents(whole) == expected


class Elsewhere:
    """Gives everything through pickle, as to another process, and results back to front."""

    threads = None

    def results(self, work, tasks, advance):
        perform = pickle.loads(pickle.dumps(work.open))()
        for task in [*tasks][::-1]:
            yield task.key, perform(pickle.loads(pickle.dumps(task.payload)), advance)


def test_models_that_are_tuned_elsewhere_are_stored_as_those_tuned_here(validation):
    cells = validation.cells
    assert list(complete_validation(validation, "cpu", executor=Elsewhere())) == cells[::-1]
    stored = contents(validation.store.folder)
    assert all(validation.store.read_time(cell).seconds > 0 for cell in cells)
    for file in validation.store.folder.glob("*.parquet"):
        file.unlink()
    complete(validation)
    assert contents(validation.store.folder) == stored


def test_findings_hold_every_arm_and_the_sentence(validation):
    with pytest.raises(NotValidated, match="is not finished"):
        findings_of(validation)
    complete(validation)
    found = findings_of(validation)
    arms = found.evidence[1e-3].losses
    assert list(arms)[:4] == [UNTUNED, RANDOM, "facility_location", "longest"]
    assert "nats" in found.sentence and found.sentence == found.main.sentence
    assert found.at_equal_tokens is None and parts_record(found)["equal_tokens"] is None


def test_a_receipt_that_was_not_written_any_more_is_written_without_tuning_again(validation):
    complete(validation)
    receipt = validation.folder / "receipt.json"
    receipt.unlink()
    assert complete(validation) == [] and receipt.exists()


@pytest.mark.parametrize("failure", [ModelUnavailable("It is gone."), MemoryError()])
def test_a_scoring_model_that_cannot_be_measured_costs_no_receipt(validation, monkeypatch, failure):
    def fail(*given):
        raise failure

    monkeypatch.setattr(work, "cost_of", fail)
    complete(validation)
    found = findings_of(validation)
    receipt = json.loads((validation.folder / "receipt.json").read_text())
    assert receipt["sentence"] == found.sentence and found.seconds.scoring is None


def arms_by_loss(evidence):
    """The arms, the one of the lowest mean loss first."""
    losses = evidence.losses
    return sorted(losses, key=lambda name: losses[name].by_example.mean())


def test_every_further_part_is_measured_and_told_where_it_is_asked_for(run):
    protocol = replace(
        PROTOCOL,
        design=Design(epochs=3, random=2, seeds=2),  # the first step is at rate 0
        learning_rates=(1e-3, 1e-2),
        group_by="group",
        growth=("1", "100%"),
        sources=True,
        matrix=True,
        equal_tokens=True,
    )
    validation = plan_validation(run, chosen_now(run, CHOICE), protocol)
    complete(validation)
    found = findings_of(validation)
    assert list(found.evidence) == [1e-3, 1e-2]
    first, second = map(arms_by_loss, found.evidence.values())
    assert {flip.better for flip in found.flips} == {
        (arm, other)
        for arm, other in combinations(first, 2)
        if second.index(arm) > second.index(other)
    }
    assert [point.rows for point in found.growth.curve("facility_location")] == [1, 6]
    assert set(found.matrix.tuned_on) == {"Add", "Name"} and found.sources
    assert set(found.forgetting.known) == set(found.evidence[1e-3].losses) - {UNTUNED}
    assert len(found.learned.after) == len(run.pool)
    assert found.seconds.scoring > 0 and found.seconds.whole > 0
    assert WHOLE_AT_EQUAL_TOKENS in found.at_equal_tokens.losses
    record = json.loads(json.dumps(parts_record(found)))
    assert record["growth"][0]["budget"] == "1"
    chosen = run.alone("pool").response_tokens[[*validation.settings.chosen["facility_location"]]]
    assert record["equal_tokens"]["tokens"] == 3 * chosen.sum()
    assert record["equal_tokens"]["selection"] == "facility_location"


def test_a_receipt_names_every_model_with_its_digest(validation):
    complete(validation)
    receipt = json.loads((validation.folder / "receipt.json").read_text())
    assert set(receipt["cells"]) == {cell.address for cell in validation.cells}
    assert receipt["work"]["models_timed"] == len(validation.cells)
    assert receipt["versions"]["peft"] and receipt["work"]["threads"]
    assert receipt["sentence"] == findings_of(validation).sentence


def test_what_earlier_statistics_said_is_said_anew_while_the_models_are_there(validation):
    complete(validation)
    run, settings, file = validation.run, validation.settings, validation.folder / "receipt.json"
    written = json.loads(file.read_text())
    earlier = {**written, "sentence": "Better.", "versions": {"peft": "0.1"}}
    del earlier["statistics"]
    file.write_text(json.dumps(earlier))
    assert read_receipt(run, settings) == {**written, "versions": {"peft": "0.1"}}
    assert validation.store.path(validation.cells[0]).unlink() is None
    assert read_receipt(run, settings) == earlier
    file.write_text(json.dumps(written))
    assert read_receipt(run, settings) == written


def test_manifest_and_report_of_the_validated_selection_quote_it_and_no_other_does(
    validation, run, tmp_path
):
    selection, other = (choose(run, replace(CHOICE, budget=size))[1] for size in ("2", "1"))
    assert provenance_of(run, run.datasets, CHOICE, selection).validation is None
    complete(validation)
    stored = provenance_of(run, run.datasets, CHOICE, selection).validation
    assert "work" not in stored and "nats" in stored["sentence"]
    assert manifest_of(run.pool, selection, provenance_of(run, run.datasets, CHOICE, selection))[
        "validation"
    ]["cells"]
    assert provenance_of(run, run.datasets, CHOICE, other).validation is None
    page = write_report(run, CHOICE, tmp_path / "report.html").read_text()
    assert stored["sentence"] in page and "Does it help?" in page


def test_settings_are_stored_and_the_same_ones_are_the_same_validation(validation, run):
    again = plan_validation(run, chosen_now(run, CHOICE), PROTOCOL)
    assert again.settings.address == validation.settings.address
    assert stored_validations(run) == [validation.settings]
    assert open_validation(run).settings == validation.settings
    file = validation.folder / "settings.json"
    file.write_text(file.read_text().replace('"seeds": 2', '"seeds": 4'))
    with pytest.raises(DamagedRun, match="another validation"):
        read_settings(file)
    with pytest.raises(NotValidated, match="no validation"):
        open_validation(run)


def test_a_stored_selection_is_validated_by_its_name_at_its_own_budget_or_another(run):
    save_selection(run, CHOICE, choose(run, CHOICE)[1], "mine")
    own, smaller = stored_subject(run, "mine"), stored_subject(run, "mine", "1")
    assert own.name == smaller.name == "mine"
    assert len(own.selection) == 2 and smaller.selection.indices == own.selection.indices[:1]
    protocol = replace(PROTOCOL, beside=("k_center", "longest", "mine"))
    settings = plan_validation(run, own, protocol).settings
    assert list(settings.chosen) == ["mine", "longest", "k_center"]


def test_models_at_equal_tokens_are_counted_but_those_of_the_selection(run):
    usual = plan_validation(run, chosen_now(run, CHOICE), PROTOCOL)
    further = plan_validation(run, chosen_now(run, CHOICE), replace(PROTOCOL, equal_tokens=True))
    added = {cell.address for cell in further.cells} - {cell.address for cell in usual.cells}
    assert added and len(further.unfinished()) == len(usual.cells) + len(added)
    assert added <= {cell.address for cell in cells_of(further.equal_token_arms)}


def test_growth_holds_the_rows_of_every_budget(run):
    protocol = replace(PROTOCOL, growth=("1", "50%"))
    settings = plan_validation(run, chosen_now(run, CHOICE), protocol).settings
    assert {budget: len(rows) for budget, rows in settings.growth.items()} == {"1": 1, "50%": 3}
    assert settings.growth["50%"][:2] == settings.chosen["facility_location"]


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"group_by": "subject"}, InvalidConstraint, "no field 'subject'"),
        ({"sources": True}, InvalidValidation, "Name it: --group-by FIELD"),
        ({"tuner": "prompt_clients"}, InvalidValidation, "each can train apart"),
        ({"tuner": "magic"}, UnknownChoice, "No tuner is called 'magic'"),
        ({"beside": ("magic",)}, UnknownChoice, "no selection 'magic'"),
        ({"learning_rates": (0.0,)}, InvalidValidation, "a number above 0"),
    ],
)
def test_what_cannot_be_validated_is_refused_before_anything_is_tuned(run, change, error, sentence):
    save_selection(run, CHOICE, choose(run, CHOICE)[1])
    with pytest.raises(error, match=sentence):
        plan_validation(run, chosen_now(run, CHOICE), replace(PROTOCOL, **change))
    assert stored_validations(run) == []


def test_one_held_out_example_has_no_interval_and_is_refused(run):
    single = attach_held_out(replace(run, held_out=None), dataset("one", HELD_OUT[:1]))
    with pytest.raises(InvalidValidation, match="without 2 held-out examples or clusters"):
        plan_validation(single, chosen_now(single, CHOICE), PROTOCOL)


def test_a_run_without_held_out_examples_is_refused_with_what_to_do(run):
    with pytest.raises(NotValidated, match="--held-out FILE"):
        plan_validation(replace(run, held_out=None), chosen_now(run, CHOICE), PROTOCOL)


def test_a_selection_cannot_have_the_name_of_an_arm_of_every_validation(run):
    chosen = chosen_now(run, CHOICE)
    with pytest.raises(InvalidName, match="Give the selection another name"):
        plan_validation(run, Subject(UNTUNED, CHOICE, chosen.selection), PROTOCOL)
    assert stored_validations(run) == []


def test_another_model_than_the_recorded_one_is_refused(validation, monkeypatch, tiny):
    options = replace(work.tuned_model(validation, "cpu"), name=tiny("gpt2").name)
    monkeypatch.setattr(work, "tuned_model", lambda *given: options)
    with pytest.raises(ChangedModel, match="begin anew"):
        complete(validation)
