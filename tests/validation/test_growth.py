"""Growth with the budget: which cells, and what simulated ones say."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.selection.baselines.random import random_order
from delift_core.selection.settle import settle
from delift_core.validation.arms import RANDOM, UNTUNED, Design, Experiment, arms_of, cells_of
from delift_core.validation.growth import GrowthBudget, growth_arms, growth_of
from delift_core.validation.statistics import Losses, difference
from tests.validation.test_cells import SETTING

ORDERS = {"chosen": [4, 1, 0, 5, 2, 3], "longest": [3, 2, 1, 0, 5, 4]}
GROUPS = ["a"] * 20 + ["b"] * 19 + ["c"]
BUDGETS = [
    GrowthBudget(label, {name: order[:rows] for name, order in ORDERS.items()}, settle(rows, 6))
    for label, rows in (("33%", 2), ("50%", 3), ("100%", 6))
]


@pytest.fixture
def experiment(roles):
    chosen = {name: order[:3] for name, order in ORDERS.items()}
    setting, design = replace(SETTING, rows_per_step=2), Design(epochs=2, random=5, seeds=2)
    return Experiment(roles["pool"], "chosen", chosen, settle(3, 6), setting, design)


@pytest.fixture
def arms(experiment):
    return growth_arms(experiment, BUDGETS)


def gain(arm):
    """Every row lowers the loss by .02, those that are chosen by .01 more, and only in group a."""
    per_row = {RANDOM: 0.02, "longest": 0.02, "chosen": 0.03}.get(arm.name, 0)
    if arm.budget == "100%":
        per_row = 0.02
    return per_row * arm.rows * (np.arange(40) < 20)


def test_a_selection_has_its_first_rows_at_every_budget_and_equal_epochs(arms, experiment):
    cells = {arm.budget: arm.cells for arm in arms if arm.name == "chosen"}
    names = experiment.digests
    for label, rows, steps in (("33%", [4, 1], 2), ("50%", [4, 1, 0], 4), ("100%", range(6), 6)):
        (seeds,) = cells[label]
        assert [cell.rows for cell in seeds] == [tuple(names[row] for row in rows)] * 2
        assert [(cell.steps, cell.seed) for cell in seeds] == [(steps, 0), (steps, 1)]


def test_random_selections_keep_to_the_constraints_of_their_budget(arms, experiment):
    (drawn,) = (arm.cells for arm in arms if (arm.name, arm.budget) == (RANDOM, "50%"))
    for seed, (cell,) in enumerate(drawn):
        rows = random_order(settle(3, 6), seed)
        assert cell.rows == tuple(experiment.digests[row] for row in rows) and cell.steps == 4


def test_what_takes_everything_is_one_arm_and_cells_of_the_experiment_are_shared(arms, experiment):
    assert len(cells_of(arm for arm in arms if arm.budget == "100%")) == 2
    shared = {cell.address for cell in cells_of(arms)} & {
        cell.address for cell in cells_of(arms_of(experiment))
    }
    # the base model, 5 random selections, 2 seeds of each selection and of the whole pool
    assert len(shared) == 1 + 5 + 2 * 2 + 2


def test_points_are_the_statistics_of_their_cells(arms, simulate):
    store = simulate(arms, gain)
    growth = growth_of(store, arms, GROUPS)
    assert growth.scored.tolist() == list(range(40))
    assert set(growth.untuned) == {None, "a", "b"}
    stored = {
        arm.name: np.array([[store.read(cell).losses for cell in seeds] for seeds in arm.cells])
        for arm in arms
        if arm.budget in ("0", "50%")
    }
    losses = {name: Losses(values.astype(float)) for name, values in stored.items()}
    point = growth.curve("chosen")[1]
    beside = difference(losses["chosen"], losses[RANDOM])
    assert (point.budget, point.rows) == ("50%", 3)
    assert point.beside_random.mean == beside.mean
    assert (point.beside_random.low, point.beside_random.high) == (beside.low, beside.high)
    untuned = difference(losses["chosen"], losses[UNTUNED])
    assert point.beside_untuned.mean == untuned.mean
    assert point.loss == pytest.approx(losses["chosen"].by_example.mean())
    means = losses[RANDOM].values.mean(axis=(1, 2))
    assert growth.curve(RANDOM)[1].band == pytest.approx((means.min(), means.max()))


def test_a_group_that_grows_is_told_from_one_that_does_not(arms, simulate):
    growth = growth_of(simulate(arms, gain), arms, GROUPS)
    grown = [point.beside_untuned for point in growth.curve("chosen", "a")]
    assert [one.mean for one in grown] == pytest.approx([-0.06, -0.09, -0.12], abs=0.01)
    assert all(one.high < 0 for one in grown)
    assert all(one.beside_random.high < 0 for one in growth.curve("chosen", "a")[:2])
    flat = [point.beside_untuned.mean for point in growth.curve("chosen", "b")]
    assert flat == pytest.approx([0, 0, 0], abs=0.01)
    assert growth.curve("chosen", "c") == []
    same = [growth.curve("chosen")[-1], *growth.curve(RANDOM)]
    assert [point.beside_random for point in same] == [None] * 4
