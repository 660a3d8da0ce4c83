"""Sources left out and added: which cells, what simulated ones say, and controls really tuned."""

from dataclasses import asdict, replace

import pytest

from delift_core.data.example import Dataset
from delift_core.selection.constraints import Restrictions
from delift_core.selection.settle import settle
from delift_core.validation.ablation import SourceChange, source_arms, source_effects_of
from delift_core.validation.arms import Design, Experiment, cells_of
from delift_core.validation.cells import CellStore, Setting
from delift_core.validation.measuring import CellInputs, measure_unfinished
from delift_core.validation.tuners.lora import LoraOptions
from tests.conftest import TINY_ROWS, dataset
from tests.validation.test_cells import SETTING

LEFT_OUT, ADDED = SourceChange
SOURCES = ["a", "b", "a", "c", "b", "d"]


@pytest.fixture
def experiment(roles):
    """Row 5, all of source d, is excluded"""
    constraints = settle(3, 6, restrictions=Restrictions(excludes=[5]))
    setting, design = replace(SETTING, rows_per_step=2), Design(epochs=4, seeds=3)
    return Experiment(roles["pool"], "chosen", {"chosen": [4, 0, 2]}, constraints, setting, design)


def rows_by_name(arms, experiment):
    rows = {name: row for row, name in enumerate(experiment.digests)}
    return {arm.name: [rows[name] for name in arm.cells[0][0].rows] for arm in arms}


def test_each_source_is_left_out_and_added_where_that_changes_the_rows(experiment):
    arms = source_arms(experiment, SOURCES)
    assert rows_by_name(arms, experiment) == {
        "chosen": [4, 0, 2],
        "a left out": [4],
        "b left out": [0, 2],
        "b added": [4, 0, 2, 1],
        "c added": [4, 0, 2, 3],
    }
    assert {(cell.steps, len(arm.cells[0])) for arm in arms for cell in arm.cells[0]} == {(8, 3)}


def test_sources_are_left_out_of_the_pool_where_it_stands_for_the_selection(experiment):
    arms = source_arms(experiment, SOURCES, range(6))
    assert rows_by_name(arms, experiment) == {
        "chosen": [0, 1, 2, 3, 4, 5],
        "a left out": [1, 3, 4, 5],
        "b left out": [0, 2, 3, 5],
        "c left out": [0, 1, 2, 4, 5],
        "d left out": [0, 1, 2, 3, 4],
    }


def test_effects_have_the_sign_of_what_a_source_does(experiment, simulate):
    """Source a helps by .1; more of b harms by .05; c is a copy of others and does nothing."""
    arms = source_arms(experiment, SOURCES)
    gains = {"a left out": -0.1, "b added": -0.05}
    store = simulate(arms, lambda arm: gains.get(arm.name, 0))
    effects = {(one.source, one.change): one for one in source_effects_of(store, arms)}
    assert {key: one.rows for key, one in effects.items()} == {
        ("a", LEFT_OUT): 2,
        ("b", LEFT_OUT): 1,
        ("b", ADDED): 1,
        ("c", ADDED): 1,
    }
    assert effects["a", LEFT_OUT].difference.mean == pytest.approx(0.1, abs=0.01)
    assert effects["a", LEFT_OUT].difference.low > 0 and effects["b", ADDED].difference.low > 0
    assert not effects["c", ADDED].difference.is_detected


def test_really_tuned_a_copied_source_does_nothing_and_one_of_shuffled_answers_harms(
    for_tuning, tmp_path
):
    prompts, responses = zip(*TINY_ROWS)
    right, copy = dataset("right", TINY_ROWS), dataset("copy", TINY_ROWS)
    wrong = dataset("wrong", list(zip(prompts, responses[3:] + responses[:3])))
    pool = Dataset((*right.examples, *copy.examples, *wrong.examples))
    sources = ["right"] * 8 + ["copied"] * 8 + ["wrong"] * 8
    setting = Setting(
        model=for_tuning().record,
        template="chat",
        held_out=right.text_fingerprint,
        tuner="lora",
        options=asdict(LoraOptions(rank=2)),
        learning_rate=1e-2,
        rows_per_step=4,
    )
    chosen = {"right": list(range(8))}
    experiment = Experiment(pool, "right", chosen, settle(8, 24), setting, Design(epochs=8))
    arms, store = source_arms(experiment, sources), CellStore(tmp_path)
    list(measure_unfinished(store, cells_of(arms), CellInputs(for_tuning, pool, right)))
    effects = {one.source: one.difference for one in source_effects_of(store, arms)}
    assert set(effects) == {"copied", "wrong"}
    assert not effects["copied"].is_detected
    assert effects["wrong"].low > 0
