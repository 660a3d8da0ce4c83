"""Curves: what a selection reaches row by row, against random orders, and the places a person reads
off.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.selection.curves import (
    downsample,
    gain_curve,
    knee,
    random_curves,
    rows_reaching,
    spread,
)
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location, flqmi

WORLDS = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))


def world(seed, answered, shown):
    """A similarity whose values are sixteenths, so that sums are exact."""
    return np.random.default_rng(seed).integers(0, 17, (answered, shown)) / 16


@settings(deadline=None)
@given(WORLDS, st.sampled_from([facility_location, flqmi]))
def test_the_curve_of_the_whole_order_rises_from_nothing_to_everything(drawn, build):
    objective = build(world(*drawn))
    whole = objective.whole
    shares = gain_curve(maximise(objective, "100%"), whole)
    assert shares[0] == 0.0 and len(shares) == objective.size + 1
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == pytest.approx(1.0 if whole else 0.0)


def test_a_pool_worth_nothing_has_a_flat_curve_and_no_knee():
    objective = facility_location(np.zeros((3, 4)))
    shares = gain_curve(maximise(objective, 4), 0.0)
    assert shares.tolist() == [0.0] * 5
    assert random_curves(objective, [0, 4]).tolist() == [[0.0, 0.0]] * 10
    assert knee(shares) is None


@settings(deadline=None)
@given(WORLDS, st.sampled_from([facility_location, flqmi]))
def test_a_random_order_is_valued_from_scratch_at_every_count(drawn, build):
    objective = build(world(*drawn))
    counts, whole = np.arange(objective.size + 1), objective.whole or 1.0
    curves = random_curves(objective, counts, seeds=[3, 7])
    for curve, seed in zip(curves, [3, 7], strict=True):
        order = np.random.default_rng(seed).permutation(objective.size)
        assert curve == pytest.approx([objective.value(order[:count]) / whole for count in counts])


@settings(deadline=None)
@given(WORLDS)
def test_random_orders_are_nested_and_end_where_the_pool_does(drawn):
    objective = facility_location(world(*drawn) + 0.25)
    few = random_curves(objective, [objective.size, 0, 1, 1], seeds=[0, 1, 2])
    every = random_curves(objective, range(objective.size + 1), seeds=[0, 1, 2])
    assert (few == every[:, [objective.size, 0, 1, 1]]).all()
    assert (np.diff(every, axis=1) >= 0).all()
    assert (few[:, 0] == 1.0).all() and (few[:, 1] == 0.0).all()


def test_the_band_is_the_lowest_and_the_highest_order_at_each_count():
    lowest, highest = spread(np.array([[0.0, 0.5, 1.0], [0.0, 0.2, 1.0], [0.0, 0.4, 1.0]]))
    assert lowest.tolist() == [0.0, 0.2, 1.0] and highest.tolist() == [0.0, 0.5, 1.0]


def test_the_knee_is_where_the_curve_is_furthest_above_its_chord():
    assert knee(np.array([0.0, 0.5, 0.8, 0.9, 1.0])) == 2  # above the chord by 0, .25, .3, .15, 0
    assert knee(np.array([0.0, 0.5, 0.75, 0.75, 1.0])) == 1  # .25 at both 1 and 2: the fewer rows
    assert knee(np.array([0.0, 0.3, 0.4])) == 1  # a curve that ends below one bends all the same


@pytest.mark.parametrize(
    "shares",
    [
        np.linspace(0, 1, 12),
        np.linspace(0, 0.7, 30),
        np.zeros(5),
        np.array([0.0]),
        np.linspace(0, 1, 9) ** 2,
    ],
)
def test_a_curve_that_is_never_above_its_chord_has_no_knee(shares):
    assert knee(shares) is None


@settings(deadline=None)
@given(st.lists(st.integers(0, 20), min_size=1, max_size=30), st.floats(1e-6, 1e6))
def test_the_knee_does_not_depend_on_the_unit_of_the_shares(steps, unit):
    shares = np.concatenate([[0], np.cumsum(sorted(steps, reverse=True))]).astype(float)
    assert knee(shares * unit) == knee(shares)


def test_rows_reaching_a_share_are_the_fewest_that_do():
    shares = np.array([0.0, 0.5, 0.8, 0.8, 0.9])
    assert [rows_reaching(shares, share) for share in (0.0, 0.5, 0.51, 0.8, 0.9, 0.91)] == [
        0,
        1,
        2,
        2,
        4,
        None,
    ]
    # ten tenths sum to .9999999999999999
    assert rows_reaching(np.array([0.1] * 10).cumsum(), 1.0) == 9


@settings(deadline=None)
@given(st.integers(1, 3_000), st.integers(10, 400), st.sets(st.integers(-5, 3_500), max_size=4))
def test_a_thinned_curve_keeps_its_ends_its_knee_and_what_is_asked_for(length, most, keep):
    shares = 1 - np.exp(-np.arange(length + 1) / 20)
    ranks = downsample(shares, most, keep)
    kept = {0, length, knee(shares) or 0} | {rank for rank in keep if 0 <= rank <= length}
    assert kept <= set(ranks.tolist())
    assert (np.diff(ranks) > 0).all() and ranks[0] == 0 and ranks[-1] == length
    assert len(ranks) <= max(most, len(kept))
    if length < most:
        assert len(ranks) == length + 1


def test_a_thinned_curve_follows_the_steep_beginning_of_a_long_one():
    shares = 1 - np.exp(-np.arange(10_001) / 20)
    ranks = downsample(shares)
    drawn = np.interp(np.arange(10_001), ranks, shares[ranks])
    assert np.abs(drawn - shares).max() < 0.01
