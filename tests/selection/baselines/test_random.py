"""Random selections: seeded permutations that keep to every constraint of a choice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from delift_core.selection.baselines.random import random_order, random_selection
from delift_core.selection.constraints import Restrictions
from delift_core.selection.objectives import facility_location
from delift_core.selection.settle import settle


@given(st.integers(1, 40), st.integers(0, 20), st.data())
def test_without_constraints_it_is_the_beginning_of_the_seeded_permutation(size, seed, data):
    count = data.draw(st.integers(1, size))
    permutation = np.random.default_rng(seed).permutation(size)
    assert random_order(settle(count, size), seed).tolist() == permutation[:count].tolist()


@given(st.integers(0, 20))
def test_pins_come_first_excludes_never_and_full_groups_are_skipped(seed):
    groups = ["a", "b"] * 6
    rules = settle(7, 12, None, Restrictions([4, 1], [0, 2], groups, {"a": 2}))
    order = random_order(rules, seed).tolist()
    assert order[:2] == [4, 1] and len(order) == len(set(order)) == 7
    assert not {0, 2} & set(order) and sum(groups[index] == "a" for index in order) <= 2
    unconstrained = np.random.default_rng(seed).permutation(12).tolist()
    free = [index for index in unconstrained if index in order[2:]]
    assert order[2:] == free


@given(st.integers(0, 20))
def test_under_a_token_budget_what_does_not_fit_is_skipped_and_nothing_more_fits(seed):
    tokens = np.array([9, 2, 7, 3, 5, 1, 8, 4])
    order = random_order(settle("12 tokens", 8, costs=tokens), seed)
    left = 12 - tokens[order].sum()
    assert left >= 0
    assert all(tokens[index] > left for index in set(range(8)) - set(order.tolist()))


def test_a_random_selection_carries_its_gains_under_the_objective():
    objective = facility_location(np.random.default_rng(0).random((6, 6)))
    chosen = random_selection(objective, settle(4, 6, [3] * 6, Restrictions(pins=[2])), seed=1)
    values = [objective.value(chosen.indices[:count]) for count in range(5)]
    assert np.allclose(chosen.gains, np.diff(values))
    assert chosen.costs.tolist() == [3] * 4 and chosen.pinned == 1 and chosen.indices[0] == 2
