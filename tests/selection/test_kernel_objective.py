"""The objective over kernels: what was not scored is chosen after all that was."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.pair_sampling import NOT_SAMPLED, PairSample
from delift_core.scoring.plan import PlanKind
from delift_core.scoring.transforms import Transform
from delift_core.selection.choice import Choice
from delift_core.selection.choose import choose
from delift_core.selection.greedy import maximise
from delift_core.selection.kernel_objective import kernel_objective
from delift_core.selection.warm_start import unchanged_picks
from tests.selection.test_greedy import objectives

NAN = np.nan
# nothing of 0 was scored, and 2 hurts all others
HURTFUL = [[NAN, NAN, NAN, NAN], [NAN, 0.9, -0.4, 0.2], [NAN, 0.3, 0.8, 0.1], [NAN, -0.2, -0.3, 1]]


def kernel_of(values, sample=None):
    values = np.array(values, np.float32)
    alone = np.where(np.isnan(values).all(axis=1), NAN, 1).astype(np.float32)  # (answered,)
    return UtilityKernel(values, values, np.zeros(values.shape, bool), alone, True, sample)


def objective_over(kernel, transform="clip"):
    return kernel_objective("facility_location", {"pool_pool": kernel}, Choice(transform=transform))


def late(objective, *indices):
    """The same objective, nothing of these examples scored."""
    unscored = np.zeros(objective.size, bool)
    unscored[list(indices)] = True
    return replace(objective, unscored=unscored)


@pytest.mark.parametrize("transform", Transform)
def test_an_example_that_was_not_scored_is_chosen_after_those_that_hurt(transform):
    chosen = maximise(objective_over(kernel_of(HURTFUL), transform), 4)
    assert chosen.indices.tolist()[-1] == 0


def test_imputed_pairs_do_not_bring_an_example_forward_of_which_nothing_was_scored():
    mask = np.ones((4, 4), bool)
    mask[2, 0] = mask[1, 3] = False  # left out by the plan, and imputed
    stratum = np.full(4, NOT_SAMPLED, np.int32)  # (answered,)
    kernel = kernel_of(HURTFUL, PairSample(PlanKind.NEAREST, mask, stratum, None))
    objective = objective_over(kernel)
    assert objective.similarity[2, 0] > 0
    assert maximise(objective, 4).indices.tolist()[-1] == 0


def test_where_everything_was_scored_no_example_is_late():
    assert objective_over(kernel_of(np.eye(3))).unscored is None


def test_choosing_by_name_from_a_kernel_leaves_them_last_too(pool_of):
    pool = pool_of(("a", "b"), ("c", "d"), ("e", "f"), ("g", "h"))
    chosen = choose("facility_location", pool, budget=3, kernel=kernel_of(HURTFUL))
    assert 0 not in chosen.indices


@given(objective=objectives(), data=st.data())
def test_examples_that_were_not_scored_follow_the_choice_among_the_others(objective, data):
    rows = data.draw(st.sets(st.integers(0, objective.size - 1), max_size=objective.size - 1))
    chosen = maximise(late(objective, *rows), objective.size).indices.tolist()
    among_others = maximise(objective, objective.size - len(rows), excludes=sorted(rows))
    assert chosen[: len(among_others)] == among_others.indices.tolist()
    assert set(chosen[len(among_others) :]) == rows


def test_what_is_freed_comes_before_what_was_not_scored():
    objective = late(objective_over(kernel_of(np.eye(4))), 0)
    order = maximise(objective, 3, excludes=[3])
    assert order.indices.tolist() == [1, 2, 0]
    assert unchanged_picks(objective, order, [], [], [3]) == 2
    assert unchanged_picks(objective, maximise(objective, 4, pins=[0]), [0], [], []) == 4
