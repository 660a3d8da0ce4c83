"""Differences of losses with intervals: golden values, and what simulated experiments hold."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.validation import statistics
from delift_core.validation.statistics import (
    Difference,
    Losses,
    bootstrap,
    cluster_numbers,
    clustered_error,
    difference,
    drawn_examples,
    mean_variance,
    noise_floor,
    way_to,
)
from delift_core.validation.verdict import agreement_line, verdict, way_text

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
PAIRED = GOLDEN["paired_statistics"]
LOSSES = np.array(PAIRED["inputs"]["losses_arm_seed_item"])  # (arms, seeds, items)
CLUSTERS = PAIRED["inputs"]["cluster_of_item"]
RANDOM = Losses(LOSSES[0][:, None])  # its seeds are random selections
ARMS = [Losses(LOSSES[arm][None]) for arm in (1, 2)]
EXPECTED = [PAIRED["outputs"][f"arm{arm}_minus_arm0"] for arm in (1, 2)]


@pytest.mark.parametrize(("arm", "expected"), zip(ARMS, EXPECTED))
def test_means_and_clustered_errors_are_the_golden_ones(arm, expected):
    found = difference(arm, RANDOM)
    assert found.mean == pytest.approx(expected["mean_paired_difference"], rel=1e-9)
    assert found.improved == expected["share_of_items_improved"]
    owner = cluster_numbers(CLUSTERS, 50)
    error = clustered_error(found.per_example, owner)
    assert error == pytest.approx(expected["se_5_clusters_cr1"], rel=1e-9)
    assert found.example_error == pytest.approx(expected["se_items"], rel=1e-9)
    means = np.bincount(owner, found.per_example) / np.bincount(owner)
    np.testing.assert_allclose(means, expected["per_cluster_mean_difference"], rtol=1e-9)


def test_the_noise_floor_is_the_golden_one():
    expected = PAIRED["outputs"]["noise_floor_sd_over_random_subsets"]
    assert noise_floor(RANDOM) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("arm", "expected"), zip(ARMS, EXPECTED))
def test_the_bootstrap_is_the_golden_one_up_to_its_random_numbers(arm, expected):
    """Ends of the interval differ by less than .12 standard deviations between two streams."""
    draws = bootstrap(arm, RANDOM, np.arange(50), seed=0)
    golden = expected["bootstrap_D_independent_seeds"]
    spread = golden["bootstrap_sd_ddof1"]
    np.testing.assert_allclose(
        np.quantile(draws, [0.025, 0.975]), golden["interval_95"], atol=0.12 * spread
    )
    assert draws.mean() == pytest.approx(golden["bootstrap_mean"], abs=0.05 * spread)
    assert draws.std(ddof=1) == pytest.approx(spread, rel=0.05)


def experiment(effect, rng, *, subset=0.02, seed=0.01, example=0.05, examples=60):
    """(arm of 3 seeds, 8 random selections of one seed): simulated losses of a known difference."""
    base = rng.normal(2, 1, examples)
    own = effect + rng.normal(0, example, examples)
    random = [
        base + rng.normal(0, subset) + rng.normal(0, seed) + rng.normal(0, 0.04, examples)
        for _ in range(8)
    ]
    tuned = [base + own + rng.normal(0, seed) + rng.normal(0, 0.03, examples) for _ in range(3)]
    return Losses(np.array(tuned)[None]), Losses(np.array(random)[:, None])


@pytest.mark.parametrize(
    "noise",
    [{}, {"subset": 0.005, "seed": 0.03, "example": 0.02}, {"example": 0.2}],
    ids=["usual", "seeds", "examples"],
)
def test_intervals_hold_the_true_difference_as_often_as_they_say(noise, monkeypatch):
    """Between 92 and 97 % of 500 simulated experiments."""
    monkeypatch.setattr(statistics, "DRAWS", 1000)
    rng = np.random.default_rng(1)
    found = [difference(*experiment(-0.03, rng, **noise)) for _ in range(500)]
    held = np.mean([one.low <= -0.03 <= one.high for one in found])
    assert 0.92 <= held <= 0.97


def test_where_there_is_no_difference_none_is_detected_in_about_95_of_100(monkeypatch):
    monkeypatch.setattr(statistics, "DRAWS", 1000)
    rng = np.random.default_rng(2)
    found = [difference(*experiment(0.0, rng)) for _ in range(500)]
    assert 0.92 <= np.mean([not one.is_detected for one in found]) <= 0.98


@pytest.mark.parametrize(
    ("examples", "clusters", "most"),
    [(2, None, 0.12), (3, None, 0.09), (40, 2, 0.09), (40, 3, 0.09), (48, 8, 0.09)],
)
def test_intervals_of_few_examples_or_clusters_hardly_leave_0_out_oftener(
    examples, clusters, most, monkeypatch
):
    """Where there is no difference, in about one experiment of 20; of two examples in one of 10."""
    monkeypatch.setattr(statistics, "DRAWS", 1000)
    rng = np.random.default_rng(6)
    owner = None if clusters is None else np.arange(examples) % clusters
    found = []
    for _ in range(300):
        arm, random = experiment(0.0, rng, seed=0.001, subset=0.001, examples=examples)
        shared = np.zeros(examples) if owner is None else rng.normal(0, 0.05, clusters)[owner]
        found.append(difference(Losses(arm.values + shared), random, owner).is_detected)
    assert np.mean(found) <= most


def test_the_way_to_the_whole_pool_leaves_0_out_no_oftener_where_seeds_differ_much(monkeypatch):
    monkeypatch.setattr(statistics, "DRAWS", 1000)
    rng = np.random.default_rng(7)
    found = []
    for _ in range(200):
        arm, random = experiment(0.0, rng, subset=0.0, seed=0.03, example=0.02)
        goal = Losses(random.values.mean(axis=0)[None] - 0.5 + rng.normal(0, 0.01, (1, 3, 60)))
        _, low, high = way_to(arm, random, goal)
        found.append(low > 0 or high < 0)
    assert np.mean(found) <= 0.09


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 99), st.floats(-3, 3), st.floats(0.1, 10))
def test_a_shifted_and_scaled_loss_shifts_and_scales_the_interval(seed, shift, scale):
    arm, random = experiment(0.0, np.random.default_rng(seed), examples=12)
    found = difference(arm, random)
    moved = difference(Losses(arm.values * scale + shift), Losses(random.values * scale))
    np.testing.assert_allclose(
        [moved.mean, moved.low, moved.high],
        np.array([found.mean, found.low, found.high]) * scale + shift,
        atol=1e-9,
    )
    swapped = difference(random, arm)
    assert swapped.mean == pytest.approx(-found.mean)
    assert swapped.standard_error == pytest.approx(found.standard_error)


def test_clusters_of_alike_examples_widen_the_error_and_one_cluster_has_none():
    rng = np.random.default_rng(0)
    per_example = np.repeat(rng.normal(0, 1, 10), 5)
    owner = np.repeat(np.arange(10), 5)
    alone = clustered_error(per_example, np.arange(50))
    assert clustered_error(per_example, owner) > 2 * alone
    assert np.isnan(clustered_error(per_example, np.zeros(50, int)))


def test_a_single_seed_is_drawn_as_several_equal_ones_are():
    values = np.random.default_rng(0).normal(2, 1, (4, 1, 7))
    single, twice = Losses(values), Losses(np.repeat(values, 2, axis=1))
    found = [drawn_examples(losses, np.random.default_rng(1)) for losses in (single, twice)]
    np.testing.assert_allclose(found[0], found[1], atol=1e-12)


def test_equal_arms_differ_by_nothing_and_the_interval_says_so():
    one = Losses(np.full((1, 3, 5), 2.0))
    found = difference(one, one)
    assert (found.mean, found.low, found.high, found.standard_error) == (0, 0, 0, 0)
    assert not found.is_detected and mean_variance(one) == 0


def test_half_way_to_the_whole_pool_is_half():
    rng = np.random.default_rng(3)
    base = rng.normal(2, 0.5, 80)
    random = Losses((base + rng.normal(0, 0.005, (8, 80)))[:, None])
    arms = [Losses((base - gain + rng.normal(0, 0.005, (3, 80)))[None]) for gain in (0.1, 0.2)]
    share, low, high = way_to(arms[0], random, arms[1])
    assert share == pytest.approx(0.5, abs=0.02) and low < 0.5 < high and high - low < 0.1
    assert np.isnan(way_to(arms[0], random, random)[1])


def test_an_arm_that_is_the_goal_with_more_seeds_goes_all_of_the_way_in_every_draw():
    rng = np.random.default_rng(4)
    base = rng.normal(2, 0.5, 40)
    random = Losses((base + rng.normal(0, 0.005, (8, 40)))[:, None])
    gained = base - rng.normal(0.2, 0.1, 40)
    arm, goal = (Losses(np.tile(gained, (1, seeds, 1))) for seeds in (3, 1))
    assert way_to(arm, random, goal) == pytest.approx((1, 1, 1))


def test_the_sentence_has_its_interval_whatever_it_says():
    rng = np.random.default_rng(5)
    arm, random = experiment(-0.2, rng)
    better = difference(arm, random)
    assert verdict(better).startswith("Better than random by 0.")
    assert f"[{-better.high:.3f}, {-better.low:.3f}] nats" in verdict(better)
    assert verdict(difference(random, arm), "the whole pool").startswith(
        "Worse than the whole pool by 0."
    )
    arm, random = experiment(0.0, np.random.default_rng(5))
    none = difference(arm, random)
    assert verdict(none).startswith("No difference from random detected: ")
    assert f"about {none.detectable:.3f} could not have been seen" in verdict(none)


def test_the_sentence_says_what_is_known_of_other_groups_with_the_signs_of_its_own():
    per_example = np.full(4, -0.016)
    better, wide = (
        Difference(per_example, low, high, 0.006, 0.005)
        for low, high in ((-0.028, -0.005), (-0.044, 0.008))
    )
    assert verdict(better, beyond=wide) == (
        "Better than random by 0.016 [0.005, 0.028] nats; on other groups like these"
        " [\u22120.008, 0.044]."
    )
    assert verdict(-better, beyond=-wide) == (
        "Worse than random by 0.016 [0.005, 0.028] nats; on other groups like these"
        " [\u22120.008, 0.044]."
    )
    assert verdict(wide, beyond=wide) == (
        "No difference from random detected: \u22120.016 [\u22120.044, 0.008] nats; on other groups"
        " like these [\u22120.044, 0.008]. One smaller than about 0.017 could not have been seen."
    )


def test_the_line_on_answers_has_its_correlation_and_says_what_it_would_be_at_best():
    line = agreement_line(-0.796)
    assert "over the arms: \u22120.80. It is \u22121 where a lower loss" in line


def test_a_share_of_the_way_is_told_with_its_interval_and_none_where_there_is_none():
    assert way_text((0.031, -0.004, 0.058)) == "3 % [0 %, 6 %]"
    assert way_text((0.2, -0.12, 0.5)) == "20 % [\u221212 %, 50 %]"
    assert way_text((np.nan, np.nan, np.nan)) == "none"
