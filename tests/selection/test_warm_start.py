"""Going on from an order when pins and excludes change: the same picks and gains as choosing anew,
and as much kept as there is.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.selection import greedy_numba, greedy_numpy
from delift_core.selection.constraints import Restrictions
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.settle import most_rows, settle
from delift_core.selection.warm_start import unchanged_picks
from tests.selection.test_greedy import objectives

# every example covers itself alone: chosen in index order
CHAIN = np.diag([5.0, 4.0, 3.0, 2.0, 1.0])


def full(objective, pins=(), excludes=(), known=()):
    rules = {"pins": pins, "excludes": excludes}
    return maximise(
        objective, most_rows(objective.size, Restrictions(**rules)), known=known, **rules
    )


@st.composite
def rules(draw, size):
    """Pins and excludes that leave something to choose."""
    rows = draw(st.permutations(range(size)))
    cut = draw(st.integers(0, min(2, size - 1)))
    return tuple(rows[:cut]), tuple(rows[cut : cut + draw(st.integers(0, (size - 1 - cut) // 2))])


@settings(max_examples=300)
@given(st.data())
def test_going_on_ends_in_the_same_picks_and_gains_as_choosing_anew(data):
    objective = data.draw(objectives())
    (pins, excludes), (other_pins, other_excludes) = (
        data.draw(rules(objective.size)),
        data.draw(rules(objective.size)),
    )
    if data.draw(st.booleans()):
        other_pins = pins if not set(pins) & set(other_excludes) else ()
    order = full(objective, pins, excludes)
    count = unchanged_picks(
        objective,
        order,
        other_pins,
        other_excludes,
        set(excludes) - set(other_excludes) - set(other_pins),
    )
    anew = full(objective, other_pins, other_excludes)
    resumed = full(objective, other_pins, other_excludes, known=order.indices[:count].tolist())
    np.testing.assert_array_equal(resumed.indices, anew.indices)
    np.testing.assert_array_equal(resumed.gains, anew.gains)


@pytest.mark.parametrize("fill", [greedy_numpy.fill, greedy_numba.fill], ids=["lazy", "compiled"])
def test_both_loops_go_on_from_what_is_known(fill):
    objective = facility_location(np.random.default_rng(3).random((40, 40), dtype=np.float32))
    constraints, ones = (
        settle(25, 40, None, Restrictions(excludes=[7])),
        np.ones(40, dtype=np.int64),
    )
    anew = fill(objective, constraints, [], ones, 40)
    resumed = fill(objective, constraints, anew[0][:10].tolist(), ones, 40)
    for part, expected in zip(resumed, anew, strict=True):
        np.testing.assert_array_equal(part, expected)


def test_an_order_is_kept_up_to_the_first_pick_that_is_excluded_now():
    objective = facility_location(CHAIN)
    assert unchanged_picks(objective, full(objective), [], [2], []) == 2
    assert unchanged_picks(objective, full(objective), [], [], []) == 5


def test_an_order_is_kept_up_to_the_turn_at_which_something_freed_would_have_come():
    objective = facility_location(CHAIN)
    # 0, then 1 before 2
    assert unchanged_picks(objective, full(objective, excludes=[1, 3]), [], [], [1, 3]) == 1
    # 0, 1, 2, then 3 before 4
    assert unchanged_picks(objective, full(objective, excludes=[3]), [], [], [3]) == 3


@pytest.mark.parametrize("examples", [90, 1_200], ids=["numpy", "compiled"])
def test_an_order_is_kept_through_many_turns_that_gained_more_than_what_is_freed(examples):
    falling = np.arange(examples, 0, -1, dtype=np.float32)
    objective = facility_location(np.diag(falling))
    freed = examples - 5
    order = full(objective, excludes=[freed])
    assert unchanged_picks(objective, order, [], [], [freed]) == freed
    assert unchanged_picks(objective, order, [], [2], [freed]) == 2


def test_at_equal_gain_what_is_freed_comes_first_only_with_the_lower_index():
    alike = facility_location(np.eye(3))
    assert unchanged_picks(alike, full(alike, excludes=[2]), [], [], [2]) == 2
    assert unchanged_picks(alike, full(alike, excludes=[0]), [], [], [0]) == 0


def test_an_order_that_began_with_other_pins_does_not_serve():
    objective = facility_location(CHAIN)
    pinned = full(objective, pins=[4])
    assert unchanged_picks(objective, pinned, [], [], []) == 0
    assert unchanged_picks(objective, pinned, [3], [], []) == 0
    assert unchanged_picks(objective, pinned, [4], [1], []) == 2  # 4, 0, then 1 is excluded


def test_pins_that_the_order_chose_first_by_itself_keep_it_whole():
    objective = facility_location(CHAIN)
    assert unchanged_picks(objective, full(objective), [0, 1], [], []) == 5
    assert unchanged_picks(objective, full(objective), [1, 0], [], []) == 0
