"""Overlap of selections, by counting and by what random ones have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.comparison.overlap import (
    expected_jaccard,
    inclusion,
    jaccard,
    rank_correlations,
    shared_rank_correlation,
)
from delift_core.selection.baselines.random import random_order
from delift_core.selection.constraints import Restrictions
from delift_core.selection.settle import settle

SETS = st.integers(1, 12).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.lists(st.sets(st.integers(0, size - 1), min_size=1), min_size=2, max_size=4),
    )
)


@given(SETS)
def test_the_overlap_is_what_both_hold_of_what_either_holds(drawn):
    size, sets = drawn
    found = jaccard([np.array(sorted(members)) for members in sets], size)
    for row, first in enumerate(sets):
        assert found[row, row] == 1
        for column, second in enumerate(sets):
            assert found[row, column] == pytest.approx(len(first & second) / len(first | second))


def test_what_chance_has_in_common_is_the_mean_of_many_random_selections():
    restrictions = Restrictions([3], [0], groups=list("aabbbbbbbb"), quotas={"b": 5})
    constraints = settle(6, 10, None, restrictions)
    drawn = np.zeros((400, 10))
    for seed in range(400):
        drawn[seed, random_order(constraints, seed)] = 1
    assert inclusion(random_order(constraints, 0), constraints) == pytest.approx(
        drawn.mean(axis=0), abs=0.1
    )
    both = (drawn[:200] * drawn[200:]).sum(axis=1).mean()
    expected = expected_jaccard([random_order(constraints, 0)] * 2, [constraints] * 2)
    assert expected[0, 1] == pytest.approx(both / (12 - both), abs=0.03)


def test_two_halves_of_a_pool_are_expected_to_share_a_quarter_of_it():
    constraints = settle(5, 10)
    rows = [np.arange(5), np.arange(5, 10)]
    assert expected_jaccard(rows, [constraints] * 2) == pytest.approx(np.full((2, 2), 2.5 / 7.5))
    assert jaccard(rows, 10)[0, 1] == 0


def test_ranks_are_compared_of_what_both_hold():
    assert shared_rank_correlation(np.array([4, 1, 2, 9]), np.array([7, 4, 1, 2])) == 1
    assert shared_rank_correlation(np.array([4, 1, 2]), np.array([2, 1, 4])) == -1
    assert np.isnan(shared_rank_correlation(np.array([4, 1]), np.array([1, 7])))
    found = rank_correlations([np.array([0, 1, 2]), np.array([1, 0, 2])])
    assert found == pytest.approx(np.array([[1, 0.5], [0.5, 1]]))
