"""Selections at the same budget: longer ones are cut, shorter ones stay as they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.errors import InvalidBudget
from delift_core.selection.greedy import selection_in_order
from delift_core.selection.settle import settle
from delift_core.workflow.equal_budget import cut_to, rows_in_reach

TOKENS = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 3])


def selection(order):
    return selection_in_order(None, settle(str(len(order)), 10, TOKENS), np.array(order), "list")


@given(st.permutations(range(10)), st.integers(1, 45))
def test_a_cut_selection_is_the_longest_beginning_that_fits(order, tokens):
    constraints = settle(f"{tokens} tokens", 10, TOKENS)
    whole = selection(order)
    if TOKENS[order[0]] > tokens:
        with pytest.raises(InvalidBudget):
            cut_to(constraints, whole)
        return
    cut = cut_to(constraints, whole)
    assert cut.indices.tolist() == order[: len(cut)]
    assert TOKENS[cut.indices].sum() <= tokens
    assert len(cut) == 10 or TOKENS[order[: len(cut) + 1]].sum() > tokens


def test_a_shorter_selection_stays_the_very_same():
    whole = selection([4, 2, 0])
    assert cut_to(settle("3", 10, TOKENS), whole) is whole
    assert cut_to(settle("7", 10, TOKENS), whole) is whole
    assert cut_to(settle("2", 10, TOKENS), whole).indices.tolist() == [4, 2]


def test_an_order_that_is_too_short_says_how_far_it_reaches():
    assert rows_in_reach(settle("7", 10, TOKENS), [4, 2, 0]) == 3
    assert rows_in_reach(settle("3", 10, TOKENS), [4, 2, 0]) is None
    assert rows_in_reach(settle("40 tokens", 10, TOKENS), [4, 2, 0]) is None
