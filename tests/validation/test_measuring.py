"""Cells really tuned: the same bytes again and after a failure, none tuned twice."""

from dataclasses import asdict, replace
from functools import partial

import numpy as np
import pytest

from delift_core.data.example import Dataset
from delift_core.errors import ChangedModel, MethodUnavailable
from delift_core.executors.processes import LocalProcesses
from delift_core.scoring.model import load_model
from delift_core.scoring.pairs import score_alone, scorer_for
from delift_core.validation import measuring
from delift_core.validation.cells import Cell, CellStore, Setting, row_digest
from delift_core.validation.measuring import CellInputs, measure, measure_unfinished, plan_of
from delift_core.validation.tuners.lora import LoraOptions
from delift_core.validation.tuners.register import TUNERS


@pytest.fixture
def inputs(for_tuning, roles):
    return CellInputs(for_tuning, roles["pool"], roles["known"])


@pytest.fixture
def setting(for_tuning, roles):
    return Setting(
        model=for_tuning().record,
        template="chat",
        held_out=roles["known"].text_fingerprint,
        tuner="lora",
        options=asdict(LoraOptions(rank=2)),
        learning_rate=1e-2,
        rows_per_step=2,
    )


@pytest.fixture
def cells(setting, inputs):
    """The untuned model, and two selections"""
    rows = tuple(inputs.rows)
    return [Cell(setting), Cell(setting, rows[:3], 4), Cell(setting, rows[3:], 4, seed=1)]


def contents(store):
    return {path.name: path.read_bytes() for path in store.folder.glob("*.parquet")}


def test_the_untuned_model_has_the_losses_of_scoring(cells, inputs, tiny, roles):
    scored = score_alone(scorer_for(tiny(), "chat"), roles["known"].examples)
    np.testing.assert_allclose(measure(cells[0], inputs).losses, -scored.log_probability, atol=1e-5)


def test_training_on_the_held_out_rows_lowers_their_loss(setting, inputs):
    known = replace(inputs, pool=inputs.held_out)
    before, after = Cell(setting), Cell(setting, tuple(known.rows), steps=8)
    assert (measure(after, known).losses < measure(before, known).losses - 0.1).all()


def test_the_same_cell_has_the_same_bytes_and_is_tuned_once(cells, inputs, tmp_path):
    first, second = (CellStore(tmp_path / name) for name in ("first", "second"))
    assert list(measure_unfinished(first, [*cells, *cells], inputs)) == cells
    assert list(measure_unfinished(first, cells, inputs)) == []
    assert list(measure_unfinished(second, cells[::-1], inputs)) == cells[::-1]
    assert len(contents(first)) == 3
    assert contents(first) == contents(second)


def test_the_same_rows_with_the_same_seed_are_equal_and_another_seed_or_order_is_not(cells, inputs):
    cell = cells[1]
    losses = measure(cell, inputs).losses
    assert np.array_equal(measure(replace(cell), inputs).losses, losses)
    for change in ({"seed": 5}, {"rows": cell.rows[::-1]}):
        assert not np.array_equal(measure(replace(cell, **change), inputs).losses, losses)


def test_a_cell_is_trained_by_the_optimiser_of_its_tuner(cells):
    other = replace(cells[1], setting=replace(cells[1].setting, tuner="ia3"))
    plans = [plan_of(cell, rows=3) for cell in (cells[1], other)]
    assert [plan.optimizer for plan in plans] == ["adamw", "adafactor"]


def test_a_cell_is_trained_for_its_steps_whatever_the_number_of_rows(cells, inputs):
    assert plan_of(cells[1], 3).epochs == 2 and plan_of(cells[1], 3).total_steps(3) == 4
    few = plan_of(replace(cells[1], steps=3), 3)
    assert few.epochs == 2 and few.total_steps(3) == 3
    read = []
    measure(replace(cells[1], steps=3), inputs, read.append)
    assert sum(read) == 2 + 1 + 2 + len(inputs.held_out)


def test_answers_are_scored_where_they_are_asked_for(cells, inputs, setting):
    assert np.isnan(measure(cells[0], inputs).scores).all()
    asked = Cell(replace(setting, answers=True))
    scores = measure(asked, inputs).scores
    assert ((scores >= 0) & (scores <= 1)).all()


def clients_of(cell, *numbers, tuner="prompt_clients"):
    """The same cell, tuned by clients"""
    options = asdict(TUNERS[tuner].options(tokens=3))
    setting = replace(cell.setting, tuner=tuner, options=options)
    return replace(cell, setting=setting, clients=numbers)


def test_one_client_is_plain_prompt_tuning_and_several_are_not(cells, inputs):
    plain = clients_of(cells[1], tuner="prompt")
    losses = measure(plain, inputs).losses
    assert np.array_equal(measure(clients_of(cells[1], 0, 0, 0), inputs).losses, losses)
    read = []
    apart = measure(clients_of(cells[1], 0, 1, 0), inputs, read.append)
    assert np.isfinite(apart.losses).all() and not np.array_equal(apart.losses, losses)
    assert sum(read) == 2 * 3 + len(inputs.held_out)


def test_other_clients_are_another_cell_and_none_are_what_they_were(cells):
    addresses = {clients_of(cells[1], *numbers).address for numbers in ((), (0, 0, 1), (0, 1, 0))}
    assert len(addresses) == 3
    assert "clients" not in cells[1].record


def test_further_examples_have_the_losses_that_they_have_as_held_out_ones(cells, inputs, roles):
    further = replace(inputs, further=(roles["target"],))
    names = tuple(roles[role].text_fingerprint for role in ("target", "pool"))
    found = measure(replace(cells[1], also=names), further)
    assert np.array_equal(found.losses, measure(cells[1], inputs).losses)
    for role, name in zip(("target", "pool"), names):
        alone = replace(inputs, held_out=roles[role])
        assert np.array_equal(found.also[name], measure(cells[1], alone).losses)


def test_another_model_and_rows_without_responses_are_refused(cells, inputs, setting, roles):
    other = replace(setting, model={**setting.model, "revision": "other"})
    with pytest.raises(ChangedModel, match="begun with .* other. Put that back, or begin anew"):
        measure(replace(cells[1], setting=other), inputs)
    silent = replace(roles["pool"][0], response="")
    empty = replace(inputs, pool=Dataset((silent,)))
    with pytest.raises(MethodUnavailable, match="Choose examples with responses"):
        measure(replace(cells[1], rows=(row_digest(silent),)), empty)


def test_a_failure_keeps_the_cells_before_it_and_the_rest_is_measured_later(
    cells, inputs, tmp_path, monkeypatch
):
    whole, cut = (CellStore(tmp_path / name) for name in ("whole", "cut"))
    list(measure_unfinished(whole, cells, inputs))
    plain, tuned = measuring.measure, []

    def failing(cell, *rest):
        tuned.append(cell)
        if len(tuned) == 2:
            raise KeyboardInterrupt
        return plain(cell, *rest)

    monkeypatch.setattr(measuring, "measure", failing)
    with pytest.raises(KeyboardInterrupt):
        list(measure_unfinished(cut, cells, inputs))
    assert cut.unfinished(cells) == cells[1:]
    list(measure_unfinished(cut, cells, inputs))
    assert tuned == [cells[0], cells[1], cells[1], cells[2]]
    assert contents(cut) == contents(whole)


def test_two_processes_measure_the_same_bytes(cells, inputs, tmp_path):
    here, there = (CellStore(tmp_path / name) for name in ("here", "there"))
    list(measure_unfinished(here, cells, inputs))
    load = partial(load_model, inputs.load().name, device="cpu", for_tuning=True)
    sent, executor = replace(inputs, load=load), LocalProcesses(2, threads=1)
    done = list(measure_unfinished(there, cells, sent, executor=executor))
    assert sorted(done, key=cells.index) == cells
    assert contents(there) == contents(here)


@pytest.mark.parametrize("name", TUNERS)
def test_every_tuner_has_cells_of_the_same_bytes_whose_models_answer(
    name, inputs, setting, tmp_path
):
    options = asdict(TUNERS[name].options())
    rows = tuple(inputs.rows)[:3]
    cell = Cell(replace(setting, tuner=name, options=options, answers=True), rows, steps=2)
    stores = [CellStore(tmp_path / part) for part in ("first", "second")]
    for store in stores:
        list(measure_unfinished(store, [cell], inputs))
    assert contents(stores[0]) == contents(stores[1])
    found = stores[0].read(cell)
    untuned = measure(Cell(setting), inputs).losses
    assert np.isfinite(found.scores).all() and not np.array_equal(found.losses, untuned)
