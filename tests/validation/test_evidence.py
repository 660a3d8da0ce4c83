"""What stored cells say: the statistics of their losses, and a control that is really tuned."""

from dataclasses import asdict, replace

import numpy as np
import pytest

from delift_core.data.example import Dataset
from delift_core.errors import DamagedRun
from delift_core.selection.constraints import Restrictions
from delift_core.selection.settle import settle
from delift_core.validation.arms import (
    RANDOM,
    UNTUNED,
    WHOLE_AT_EQUAL_EPOCHS,
    WHOLE_AT_EQUAL_STEPS,
    Design,
    Experiment,
    arms_of,
    cells_of,
)
from delift_core.validation.cells import CellStore, Measured, Setting
from delift_core.validation.evidence import evidence_of
from delift_core.validation.measuring import CellInputs, measure_unfinished
from delift_core.validation.statistics import Losses, difference, noise_floor, way_to
from delift_core.validation.tuners.lora import LoraOptions
from delift_core.validation.verdict import verdict
from tests.conftest import TINY_ROWS, dataset
from tests.validation.test_cells import SETTING

HELD_OUT = 40
SILENT = 7  # a held-out example without a response
GROUPS = ["a"] * 20 + ["b"] * 19 + ["c"]
GAINS = {UNTUNED: -1, RANDOM: 0, "chosen": 0.1, "other": 0, WHOLE_AT_EQUAL_STEPS: 0.2}


@pytest.fixture
def arms(roles):
    chosen = {"chosen": [0, 1, 2], "other": [3, 4, 5]}
    setting = replace(SETTING, rows_per_step=2)
    experiment = Experiment(roles["pool"], "chosen", chosen, settle(3, 6), setting)
    return arms_of(experiment)


@pytest.fixture
def simulated(arms, tmp_path):
    """(store, losses by arm) of cells whose losses are drawn around a known gain of each arm"""
    rng, store = np.random.default_rng(0), CellStore(tmp_path)
    base, losses = rng.normal(2, 0.5, HELD_OUT), {}
    for arm in arms:
        shape = (len(arm.cells), len(arm.cells[0]))
        drawn = base - GAINS.get(arm.name, 0.2) + rng.normal(0, 0.01, (*shape, HELD_OUT))
        drawn[..., SILENT] = np.nan
        losses[arm.name] = drawn.astype(np.float32)
        for cells, values in zip(arm.cells, losses[arm.name]):
            for cell, row in zip(cells, values):
                store.write(cell, Measured(row, np.where(np.arange(HELD_OUT) < 3, 0.5, np.nan)))
    return store, losses


def test_differences_are_those_of_the_stored_losses_without_what_has_no_response(arms, simulated):
    store, stored = simulated
    found = evidence_of(store, arms, "chosen")
    scored = np.delete(np.arange(HELD_OUT), SILENT)
    assert found.scored.tolist() == scored.tolist()
    expected = {name: Losses(values[..., scored].astype(float)) for name, values in stored.items()}
    assert set(found.differences) == set(stored) - {RANDOM}
    for name, one in found.differences.items():
        direct = difference(expected[name], expected[RANDOM])
        assert (one.mean, one.low, one.high) == (direct.mean, direct.low, direct.high)
    assert found.noise_floor == noise_floor(expected[RANDOM])
    arguments = (expected["chosen"], expected[RANDOM], expected[WHOLE_AT_EQUAL_EPOCHS])
    assert found.way[WHOLE_AT_EQUAL_EPOCHS] == way_to(*arguments)
    assert found.way[WHOLE_AT_EQUAL_STEPS][0] == pytest.approx(0.5, abs=0.05)
    assert found.sentence == verdict(found.differences["chosen"])
    assert found.sentence.startswith("Better than random by 0.")
    assert found.differences[UNTUNED].low > 0 and not found.differences["other"].is_detected
    assert found.scores["chosen"] == 0.5


def test_groups_are_told_apart_but_those_of_one_example(arms, simulated):
    store, stored = simulated
    found = evidence_of(store, arms, "chosen", groups=GROUPS, clusters=[*range(20)] * 2)
    assert set(found.by_group) == {"a", "b"}
    rows = [row for row in range(20) if row != SILENT]
    ours, theirs = (Losses(stored[name][..., rows].astype(float)) for name in ("chosen", RANDOM))
    assert found.by_group["a"].mean == pytest.approx(difference(ours, theirs).mean)
    assert found.by_group["a"].per_example.shape == (19,)
    alone = evidence_of(store, arms, "chosen")
    assert alone.by_group == {}
    assert found.differences["chosen"].example_error != alone.differences["chosen"].example_error


def test_groups_of_one_cluster_have_no_interval_and_are_not_told(arms, simulated):
    clusters = [0] * 20 + [*range(1, 21)]
    found = evidence_of(simulated[0], arms, "chosen", groups=GROUPS, clusters=clusters)
    assert set(found.by_group) == {"b"}


def test_beyond_the_groups_that_were_held_out_whole_groups_are_drawn(arms, simulated):
    store, stored = simulated
    found = evidence_of(store, arms, "chosen", groups=GROUPS)
    ours, theirs = (Losses(stored[name][..., found.scored]) for name in ("chosen", RANDOM))
    drawn = difference(ours, theirs, np.delete(GROUPS, SILENT))
    assert (found.beyond.low, found.beyond.high) == pytest.approx((drawn.low, drawn.high))
    assert found.sentence == verdict(found.differences["chosen"], beyond=found.beyond)
    for groups, clusters in ((None, None), (["a"] * HELD_OUT, None), (GROUPS, GROUPS)):
        assert evidence_of(store, arms, "chosen", groups, clusters).beyond is None


@pytest.mark.parametrize(
    ("better", "expected"),
    [(lambda loss: -loss, -1), (lambda loss: loss, 1), (lambda loss: float("nan"), np.nan)],
    ids=["agree", "disagree", "no answers"],
)
def test_loss_and_score_agree_where_arms_of_lower_loss_answer_better(
    better, expected, arms, simulated
):
    found = evidence_of(simulated[0], arms, "chosen")
    losses = {name: losses.by_example.mean() for name, losses in found.losses.items()}
    scored = replace(found, scores={name: better(loss) for name, loss in losses.items()})
    assert scored.agreement == pytest.approx(expected, nan_ok=True)


def test_evidence_of_an_unfinished_experiment_is_refused(arms, simulated):
    store, _ = simulated
    store.path(arms[1].cells[3][0]).unlink()
    with pytest.raises(DamagedRun, match="Validate again"):
        evidence_of(store, arms, "chosen")


def test_really_tuned_shuffled_answers_are_worse_than_random_and_the_same_rows_do_not_differ(
    for_tuning, tmp_path
):
    """Random selections are the 8 right rows in any order; the others have answers of others."""
    prompts, responses = zip(*TINY_ROWS)
    right = dataset("right", TINY_ROWS)
    wrong = dataset("wrong", list(zip(prompts, responses[3:] + responses[:3])))
    pool = Dataset((*right.examples, *wrong.examples))
    setting = Setting(
        model=for_tuning().record,
        template="chat",
        held_out=right.text_fingerprint,
        tuner="lora",
        options=asdict(LoraOptions(rank=2)),
        learning_rate=1e-2,
        rows_per_step=4,
    )
    chosen = {"shuffled": list(range(8, 16)), "same": list(range(8))}
    constraints = settle(8, 16, restrictions=Restrictions(excludes=range(8, 16)))
    experiment = Experiment(pool, "shuffled", chosen, constraints, setting, Design(epochs=4))
    arms, store = arms_of(experiment), CellStore(tmp_path)
    list(measure_unfinished(store, cells_of(arms), CellInputs(for_tuning, pool, right)))
    found = evidence_of(store, arms, "shuffled")
    assert found.differences["shuffled"].low > 0
    assert found.sentence.startswith("Worse than random by ")
    assert not found.differences["same"].is_detected
