"""What is to know of how a run was scored: stored with it, and the same for whoever asks."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from delift_core.data.example import Dataset, Example, Turn
from delift_core.errors import ChangedModel, DamagedRun
from delift_core.files import write_json
from delift_core.runs.integrity import missing_work
from delift_core.runs.scoring_notes import notes_path
from delift_core.runs.store import create_run, open_run
from delift_core.scoring.model import load_model
from delift_core.scoring.plan import Plan
from delift_core.selection.choice import Choice
from delift_core.wording import MEAN_GRADIENT
from delift_core.workflow.choose import choose, full_order, objective_of
from delift_core.workflow.export import provenance_of
from delift_core.workflow.methods import choose_by_method
from delift_core.workflow.run_notes import NoteKind, method_notes, run_notes
from delift_core.workflow.score import cost_of, score_missing
from tests.conftest import save_tokenizer
from tests.scoring.architectures import random_network, tiny_configuration

REASON = "The model's chat template refuses a conversation (Conversation roles must alternate)"


def row_of(row, prompt, response, *earlier):
    turns = (*(Turn(*turn) for turn in earlier), Turn("user", prompt))
    return Example(f"r{row}", prompt, response, turns, row=row)


def rows(first=1):
    """Five rows, of which a template that wants a user first cannot write the second."""
    return Dataset(
        (
            row_of(first, "Add 2 and 3", "5"),
            row_of(first + 1, "Name a colour", "blue", ("assistant", "Hello")),
            row_of(first + 2, "Add 4 and 4", "8"),
            row_of(first + 3, "Name another colour", "green"),
            row_of(first + 4, "Say hello", "hello there"),
        )
    )


@pytest.fixture
def strict(tiny):
    return tiny("llama", "strict")


@pytest.fixture
def dated(tiny_folder):
    """dated() -> a model whose chat template writes the day's date, loaded anew"""
    return lambda: load_model(tiny_folder("llama", "dated"), device="cpu")


def run_with(workspace, model, **data):
    return create_run(workspace, data, model.record, "chat", Plan())


def scored(run, model, *kernels):
    for _ in score_missing(missing_work(run, kernels or ("pool_pool",)), model):
        pass
    return run


def sentences(run, *kernels):
    return [note.sentence for note in run_notes(run, kernels or ("pool_pool",))]


def test_a_row_that_cannot_be_written_is_named_by_its_number_and_what_becomes_of_it(
    tmp_path, strict
):
    run = scored(run_with(tmp_path, strict, pool=rows()), strict)
    (sentence,) = sentences(run)
    assert sentence.startswith(f"The pool's row 2 (id r2) cannot be answered or shown: {REASON}")
    assert sentence.endswith("What cannot be shown is chosen after all other examples.")
    unscored = np.isnan(run.kernel("pool_pool").values)
    assert unscored[1].all() and unscored[:, 1].all() and unscored.sum() == 9


@pytest.mark.parametrize("transform", ["clip", "raw", "minmax"])
def test_a_row_that_cannot_be_written_is_chosen_last(tmp_path, strict, transform):
    run = scored(run_with(tmp_path, strict, pool=rows()), strict)
    _, four = choose(run, Choice(budget="4", transform=transform))
    assert 1 not in four.indices
    choice = Choice(budget="5", transform=transform)
    order = full_order(run, choice, objective_of(run, choice, run.kernel))
    assert order.selection.indices[-1] == 1


def test_rows_of_every_role_are_told_with_the_ends_they_lack(tmp_path, strict):
    target = Dataset(rows(10).examples[:3])
    run = run_with(tmp_path, strict, pool=rows(), target=target)
    scored(run, strict, "target_pool")
    pool, target_row = sentences(run, "target_pool")
    assert pool.startswith("The pool's row 2 (id r2) cannot be shown:")
    assert target_row.startswith("The target's row 11 (id r11) cannot be answered:")
    assert "chosen" not in target_row


def test_many_rows_refused_for_one_reason_are_one_sentence(tmp_path, strict):
    bad = [row_of(row, f"Name {row}", "blue", ("assistant", "Hello")) for row in range(7, 14)]
    run = scored(run_with(tmp_path, strict, pool=Dataset((*rows().examples, *bad))), strict)
    (sentence,) = sentences(run)
    assert sentence.startswith("The pool's 8 rows (2, 7, 8, 9, 10, ...) cannot be answered or")


def test_a_run_that_was_cut_off_and_goes_on_says_the_same(tmp_path, strict):
    whole = scored(run_with(tmp_path / "whole", strict, pool=rows()), strict)
    cut = run_with(tmp_path / "cut", strict, pool=rows())
    attempt = score_missing(missing_work(cut, ["pool_pool"]), strict)
    next(attempt)
    attempt.close()
    assert sentences(cut) == sentences(whole)
    assert sentences(scored(cut, strict)) == sentences(whole)


def test_scores_taken_over_from_another_run_bring_their_notes_with_the_rows_of_this_one(
    tmp_path, strict
):
    scored(run_with(tmp_path, strict, pool=rows()), strict)
    other = run_with(tmp_path, strict, pool=replace(rows(first=101), source="other.jsonl"))
    assert missing_work(other, ["pool_pool"]).is_empty
    assert sentences(other)[0].startswith("The pool's row 102 (id r102) cannot be")


@pytest.mark.parametrize("record", [{"obstacle": ""}, {"obstacle": "", "unwritable": [{"a": 1}]}])
def test_notes_of_another_version_are_one_sentence_with_what_to_do(tmp_path, strict, record):
    run = run_with(tmp_path, strict, pool=rows())
    write_json(record, notes_path(run, "pool_pool"))
    with pytest.raises(DamagedRun, match="notes.json: it cannot be read .* Remove the file"):
        run_notes(run, ["pool_pool"])


def test_a_run_of_before_has_no_notes(tmp_path, strict):
    run = scored(run_with(tmp_path, strict, pool=rows()), strict)
    notes_path(run, "pool_pool").unlink()
    assert sentences(run) == []


def test_what_a_template_leaves_out_and_does_not_write_together_is_told_with_its_rows(
    tmp_path, tiny
):
    model = tiny("llama", "one-tool")
    used = (("user", "q"), ("assistant", "call"), ("tool", "42"))
    tools = (row_of(8, "And so?", "It is 42.", *used), row_of(9, "Well?", "Yes, 42.", *used))
    run = scored(run_with(tmp_path, model, pool=Dataset((*rows().examples, *tools))), model)
    assert sentences(run) == [
        (
            "The pool's rows 8, 9 (2 in all) answered with rows 8, 9 (2 in all) shown: not scored."
            f" {REASON.partition('(')[0]}(One tool turn only). Use template plain."
        )
    ]
    late = tiny("llama", "late-system")
    system = row_of(6, "Say bye", "bye", ("system", "Be kind."))
    run = scored(run_with(tmp_path, late, pool=Dataset((rows()[0], system))), late)
    [told] = [note for note in run_notes(run, ["pool_pool"]) if note.kind == NoteKind.PROMPTS]
    assert told.sentence == (
        "The pool's row 6: the model's chat template leaves out a turn of role system; template"
        " plain has it."
    )
    assert told.record["rows"] == [6]


def test_a_model_that_is_read_unpacked_is_told_with_the_reason(tmp_path, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bloom")
    tokenizer = save_tokenizer(folder, "chatml")
    random_network(tiny_configuration("bloom", len(tokenizer))).save_pretrained(folder)
    model = load_model(folder, device="cpu")
    run = run_with(tmp_path, model, pool=rows())
    assert cost_of(missing_work(run, ["pool_pool"]), model).seconds > 0
    (note,) = run_notes(scored(run, model), ["pool_pool"])
    assert note.sentence.startswith("This model reads each sequence by itself, which is slower")
    assert note.record["obstacle"] in note.sentence


def test_on_two_days_a_dated_template_makes_one_run_of_the_same_bytes(tmp_path, dated, monkeypatch):
    kernels, ids = [], set()
    for day in (datetime(2025, 1, 31), datetime(2026, 12, 24)):
        set_day(monkeypatch, day)
        model = dated()
        run = scored(run_with(tmp_path / str(day.year), model, pool=rows()), model)
        ids.add(run.id)
        kernels.append(run.kernel("pool_pool").values.tobytes())
        assert open_run(run.folder).record["model"]["date"] == "2024-07-26"
    assert len(ids) == 1 and kernels[0] == kernels[1]
    assert sentences(run)[0].startswith(
        "The model's chat template writes the day's date: 2024-07-26 stands in its place"
    )


def set_day(monkeypatch, day):
    """Let chat templates believe that it is this day, and see that they do."""
    from transformers.utils import chat_template_utils

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return day

    monkeypatch.setattr(chat_template_utils, "datetime", Clock)
    template = chat_template_utils._compile_jinja_template("{{ strftime_now('%Y-%m-%d') }}")
    assert template.render() == f"{day:%Y-%m-%d}"


def test_a_run_made_before_dates_were_fixed_opens_and_says_what_changed_when_scored_again(
    tmp_path, dated
):
    model = dated()
    record = {name: value for name, value in model.record.items() if name != "date"}
    run = open_run(create_run(tmp_path, {"pool": rows()}, record, "chat", Plan()).folder)
    assert sentences(run) == []
    with pytest.raises(ChangedModel, match="scored with the date of the day .* is 2024-07-26 now"):
        scored(run, model)


def test_a_manifest_says_that_the_mean_gradient_of_the_pool_stands_for_a_target(new_run, score):
    run = new_run("pool")
    score(run, "pool_pool")
    by_length = choose_by_method(run, Choice(budget="1"), "longest")[1]
    by_gradients = replace(by_length, method="gradients")
    provenance = provenance_of(run, run.datasets, Choice(), by_gradients)
    assert provenance.notes == [{"kind": "mean gradient", "sentence": MEAN_GRADIENT}]
    assert not provenance_of(run, run.datasets, Choice(), by_length).notes
    assert not method_notes(new_run("pool", "target"), "gradients")
