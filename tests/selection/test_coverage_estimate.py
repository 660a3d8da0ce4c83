"""Coverage from sampled rows: by hand, its error against every sample, rows left out in turn."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t

from delift_core.selection.coverage_estimate import (
    CoverageEstimate,
    SampledRows,
    estimate_coverage,
    ratio,
)
from delift_core.selection.greedy import maximise
from delift_core.selection.objective import weighted
from delift_core.selection.objectives import facility_location, flqmi


def chooser(budget):
    return lambda objective: maximise(objective, budget).indices


def test_a_ratio_and_its_error_worked_by_hand():
    stratum, weights = np.array([0, 0, 0, 0, 1, 1]), np.array([2, 2, 0, 0, 1, 1.0])
    estimate = ratio(
        np.array([2, 6, 0, 0, 1, 3.0]),
        np.array([8, 8, 0, 0, 4, 4.0]),
        SampledRows(stratum, weights),
    )
    assert estimate.degrees == 2  # four rows in two strata
    assert estimate.coverage == 12 / 24  # (2 + 6 + 1 + 3) / (8 + 8 + 4 + 4)
    left = np.array([1 - 0.5 * 4, 3 - 0.5 * 4])  # c - R t of the two rows of the first stratum
    # every row of the second was sampled
    assert estimate.error == pytest.approx(np.sqrt(16 * (1 - 2 / 4) * left.var(ddof=1) / 2) / 24)


def test_the_error_is_that_of_the_estimate_over_every_possible_sample():
    rng = np.random.default_rng(0)
    stratum, whole = np.repeat([0, 1], 6), 1 + rng.random(12)
    covered = whole * rng.uniform(0.5, 0.9, 12)
    estimates = []
    for picks in product(combinations(range(6), 2), combinations(range(6, 12), 2)):
        weights = np.zeros(12)
        weights[[*picks[0], *picks[1]]] = 3
        estimates.append(ratio(weights * covered, weights * whole, SampledRows(stratum, weights)))
    coverages = np.array([estimate.coverage for estimate in estimates])
    errors = np.array([estimate.error for estimate in estimates])
    assert coverages.mean() == pytest.approx(covered.sum() / whole.sum(), abs=0.003)
    assert np.sqrt((errors**2).mean()) == pytest.approx(coverages.std(), rel=0.05)


@given(seed=st.integers(0, 1000), size=st.integers(2, 12), budget=st.integers(1, 2))
def test_with_every_row_scored_the_estimate_is_the_coverage_itself_without_an_error(
    seed, size, budget
):
    objective = facility_location(np.random.default_rng(seed).random((size, size)))
    chosen = maximise(objective, budget)
    estimate = estimate_coverage(
        weighted(objective, np.ones(size)),
        chosen.indices,
        SampledRows(np.zeros(size, int), np.ones(size)),
        chooser(budget),
    )
    assert estimate.coverage == pytest.approx(
        chosen.value / objective.whole
    ) and estimate.error == pytest.approx(0, abs=1e-9)


def test_rows_are_not_valued_by_the_choice_that_was_made_for_them():
    weights = np.array([0, 0, 0, 0, 2, 2, 2, 2])  # every row is helped by one example alone
    objective = weighted(facility_location(np.eye(8)), weights)
    chosen = maximise(objective, 4)
    assert chosen.value == objective.whole  # all of the sample is covered, half of the pool
    estimate = estimate_coverage(
        objective, chosen.indices, SampledRows(np.repeat([0, 1, 0, 1], 2), weights), chooser(4)
    )
    assert estimate.coverage == 0.5


def test_what_is_worth_something_by_itself_counts_as_it_is():
    objective = flqmi(np.array([[0.5, 0.25, 0.0], [0.0, 0.5, 0.25]]), eta=2.0)
    chosen = maximise(objective, 1)
    estimate = estimate_coverage(
        weighted(objective, [1, 1]),
        chosen.indices,
        SampledRows(np.zeros(2, int), np.ones(2)),
        chooser(1),
    )
    assert estimate.coverage == pytest.approx(chosen.value / objective.whole)


def test_a_worthless_pool_is_covered_by_nothing_and_bounds_stay_between_0_and_1():
    assert ratio(
        np.zeros(2), np.zeros(2), SampledRows(np.zeros(2, int), np.ones(2))
    ) == CoverageEstimate(0.0, 0.0, 1)
    assert (
        CoverageEstimate(0.95, 0.05, 4).bounds
        == (pytest.approx(0.95 - t.ppf(0.975, 4) * 0.05), 1.0)
        and CoverageEstimate(0.01, 0.05, 9).bounds[0] == 0.0
    )
