"""Models tuned on one group of the pool, measured on every group: which cells, what they say."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.selection.settle import settle
from delift_core.validation.arms import UNTUNED, Design, Experiment
from delift_core.validation.group_matrix import group_arms, matrix_of
from tests.validation.test_cells import SETTING

POOL_GROUPS = ["a", "b", "a", "c", "b", "a"]
GROUPS = ["b"] * 10 + ["a"] * 10 + ["d"]


@pytest.fixture
def arms(roles):
    setting, design = replace(SETTING, rows_per_step=2), Design(epochs=4, seeds=2)
    chosen = {"chosen": [5, 1, 2]}
    experiment = Experiment(roles["pool"], "chosen", chosen, settle(3, 6), setting, design)
    return group_arms(experiment, POOL_GROUPS)


def gain(arm):
    """Group a teaches itself .3 and harms b by .2; b teaches nothing."""
    return np.repeat([-0.2, 0.3, 0], [10, 10, 1]) * (arm.name == "a")


def test_groups_of_two_or_more_are_tuned_on_whole_for_equal_steps(arms, roles):
    assert [arm.name for arm in arms] == [UNTUNED, "a", "b"]
    sizes = [len(seeds[0].rows) for arm in arms for seeds in arm.cells]
    assert sizes == [0, 3, 2]
    assert {cell.steps for arm in arms[1:] for seeds in arm.cells for cell in seeds} == {8}


def test_the_matrix_has_what_each_group_does_to_each(arms, simulate):
    matrix = matrix_of(simulate(arms, gain, held_out=21), arms, GROUPS)
    assert (matrix.tuned_on, matrix.measured_on) == (["a", "b"], ["a", "b"])
    found = matrix.losses - matrix.untuned
    np.testing.assert_allclose(found, [[-0.3, 0.2], [0, 0]], atol=0.02)
    for row, tuned in enumerate(matrix.tuned_on):
        for column, measured in enumerate(matrix.measured_on):
            beside = matrix.differences[tuned, measured]
            assert beside.mean == pytest.approx(found[row, column])
    assert matrix.differences["a", "a"].high < 0 < matrix.differences["a", "b"].low
    assert not matrix.differences["b", "a"].is_detected
