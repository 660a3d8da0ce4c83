"""Coverage curves: example by example, beside random selections, with knee and thinning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.selection.baselines.random import random_order
from delift_core.selection.curves import (
    coverage_curve,
    downsample,
    knee,
    random_band,
    rows_reaching,
)
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location, flqmi
from delift_core.selection.settle import settle

WORLDS = st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 12), st.integers(1, 12))


def world(seed, answered, shown):
    """A similarity whose values are sixteenths, so that sums are exact."""
    return np.random.default_rng(seed).integers(0, 17, (answered, shown)) / 16


@settings(deadline=None)
@given(WORLDS, st.sampled_from([facility_location, flqmi]))
def test_the_curve_of_the_whole_order_rises_from_nothing_to_everything(drawn, build):
    objective = build(world(*drawn))
    whole = objective.whole
    shares = coverage_curve(maximise(objective, "100%"), whole)
    assert shares[0] == 0.0 and len(shares) == objective.size + 1
    assert (np.diff(shares) >= 0).all()
    assert shares[-1] == pytest.approx(1.0 if whole else 0.0)


def test_a_pool_worth_nothing_has_a_flat_curve_and_no_knee():
    objective = facility_location(np.zeros((3, 4)))
    shares = coverage_curve(maximise(objective, 4), 0.0)
    assert shares.tolist() == [0.0] * 5
    band = random_band(objective, settle(4, 4), maximise(objective, 4))
    assert [line.tolist() for line in band] == [[0.0] * 5] * 2
    assert knee(shares) is None


@settings(deadline=None)
@given(WORLDS, st.sampled_from([facility_location, flqmi]))
def test_the_band_is_the_lowest_and_highest_value_of_seeded_permutations_at_every_count(
    drawn, build
):
    objective = build(world(*drawn))
    size, whole = objective.size, objective.whole or 1.0
    lowest, highest = random_band(
        objective, settle(size, size), maximise(objective, size), seeds=[3, 7]
    )
    orders = [np.random.default_rng(seed).permutation(size) for seed in (3, 7)]
    values = [
        [objective.value(order[:count]) / whole for count in range(size + 1)] for order in orders
    ]
    assert lowest == pytest.approx(np.min(values, axis=0))
    assert highest == pytest.approx(np.max(values, axis=0))
    assert lowest[0] == highest[0] == 0.0 and (np.diff(lowest) >= 0).all()


@settings(deadline=None)
@given(WORLDS, st.data())
def test_a_smaller_row_budget_is_a_point_of_the_band_of_a_larger_one(drawn, data):
    objective = facility_location(world(*drawn) + 0.25)
    count = data.draw(st.integers(1, objective.size))
    every = random_band(
        objective, settle(objective.size, objective.size), maximise(objective, objective.size)
    )
    few = random_band(objective, settle(count, objective.size), maximise(objective, count))
    for part, line in zip(few, every, strict=True):
        assert (part == line[: count + 1]).all()


def test_beside_a_token_budget_random_selections_have_spent_no_more_tokens_at_any_point():
    objective, tokens = facility_location(np.eye(6)), [5, 1, 1, 3, 2, 4]
    rules = settle("8 tokens", 6, costs=tokens)
    chosen = maximise(objective, "8 tokens", costs=tokens)
    assert chosen.indices.tolist() == [1, 2, 4, 3]  # 1, 2, 4, 7 tokens
    order = random_order(rules, 0)
    spent = np.array(tokens)[order].cumsum()
    lowest, highest = random_band(objective, rules, chosen, seeds=[0])
    expected = [int((spent <= limit).sum()) / 6 for limit in (0, 1, 2, 4, 8)]
    assert lowest.tolist() == highest.tolist() == expected
    assert spent[-1] <= 8 and expected[-1] == len(order) / 6


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
    expected = {0, length, knee(shares) or 0} | {rank for rank in keep if 0 <= rank <= length}
    assert expected <= set(ranks.tolist())
    assert (np.diff(ranks) > 0).all() and ranks[0] == 0 and ranks[-1] == length
    assert len(ranks) <= max(most, len(expected))
    if length < most:
        assert len(ranks) == length + 1


def test_a_thinned_curve_follows_the_steep_beginning_of_a_long_one():
    shares = 1 - np.exp(-np.arange(10_001) / 20)
    ranks = downsample(shares)
    drawn = np.interp(np.arange(10_001), ranks, shares[ranks])
    assert np.abs(drawn - shares).max() < 0.01
