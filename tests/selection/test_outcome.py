"""Outcomes: one answer for page, command line and report, at every budget."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.selection.baselines.random import random_order
from delift_core.selection.choice import Choice
from delift_core.selection.constraints import Restrictions
from delift_core.selection.curves import coverage_curve, random_band
from delift_core.selection.greedy import greedy_selection, maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.outcome import Order, coverage_of, curve_of, outcome_of
from delift_core.selection.settle import settle
from delift_core.units import coverage_range
from delift_core.wording import random_line


def order_of(objective, **settings):
    """The greedy order of a whole pool without constraints, and its curve."""
    constraints = settle(objective.size, objective.size, **settings)
    selection = greedy_selection(objective, constraints)
    return Order(objective, selection, curve_of(objective, constraints, selection))


def outcome_for(order, budget, **settings):
    constraints = settle(budget, order.objective.size, **settings)
    return outcome_of(Choice(budget=str(budget)), order, constraints)


@pytest.fixture(scope="module")
def large():
    """900 examples that help one another by how near they are: more ranks than a curve draws."""
    points = np.random.default_rng(0).random((900, 2))
    distances = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    return order_of(facility_location(np.exp(-distances * 20)))


def test_the_sentence_about_random_selections_is_exact_at_every_budget_of_a_large_pool(large):
    """Page and report read the range off a thinned curve, one by interpolation, the other at the
    next point: at 31 of 100 budgets they printed different sentences.
    """
    objective = large.objective
    orders = [random_order(settle(900, 900), seed) for seed in range(10)]
    for budget in range(9, 901, 9):
        outcome = outcome_for(large, budget)
        values = [objective.value(order[:budget]) / objective.whole for order in orders]
        assert outcome.random_range == pytest.approx((min(values), max(values)), rel=1e-12)
        assert coverage_range(*outcome.random_range) in random_line(outcome)
        assert budget in outcome.ranks_drawn and len(outcome.ranks_drawn) <= 400


def test_a_budget_is_a_point_of_the_curve_of_all_budgets(large):
    outcome = outcome_for(large, "7%")
    assert len(outcome.selection) == 63 and str(outcome.selection.budget) == "7%"
    assert outcome.curve is large.curve
    assert outcome.coverage == pytest.approx(outcome.curve.coverage[63])
    assert outcome.ranks[outcome.selection.indices].tolist() == list(range(1, 64))
    assert (outcome.ranks > 0).sum() == 63 and (large.ranks > 0).all()


def test_the_table_holds_the_budget_and_the_knee_and_what_the_curve_says_there(large):
    outcome = outcome_for(large, 123)
    table = outcome.table
    ranks = [rank for rank, *_ in table]
    assert {123, outcome.knee, 900} <= set(ranks) and ranks == sorted(set(ranks))
    for rank, coverage, lowest, highest in table:
        assert coverage == large.curve.coverage[rank]
        assert (lowest, highest) == large.curve.random_range(rank)


def test_a_token_budget_has_a_curve_of_its_own_selection():
    rng = np.random.default_rng(1)
    objective = facility_location(rng.random((30, 30)))
    tokens = rng.integers(1, 40, 30)
    outcome = outcome_for(order_of(objective, costs=tokens), "200 tokens", costs=tokens)
    selection = maximise(objective, "200 tokens", costs=tokens)
    assert np.array_equal(outcome.selection.indices, selection.indices)
    assert np.array_equal(outcome.curve.coverage, coverage_curve(selection, objective.whole))
    constraints = settle("200 tokens", 30, costs=tokens)
    orders = [random_order(constraints, seed) for seed in range(10)]
    assert all(tokens[order].sum() <= 200 for order in orders)
    values = [objective.value(order) / objective.whole for order in orders]
    assert outcome.random_range == pytest.approx((min(values), max(values)))
    assert random_line(outcome).startswith("Random selection (10 runs, as many tokens): ")


def test_the_band_keeps_to_the_constraints_of_the_choice():
    """It was drawn from the whole pool: a choice that a quota holds down seemed to do worse than
    random.
    """
    objective = facility_location(np.eye(12) + np.tri(12, 12, -11) * 5)
    restrictions = Restrictions([8], [11], ["a"] * 6 + ["b"] * 6, {"a": 0})
    constraints = settle(4, 12, None, restrictions)
    selection = greedy_selection(objective, constraints)
    lowest, highest = random_band(objective, constraints, selection)
    assert lowest.tolist() == highest.tolist() == (np.arange(5) / objective.whole).tolist()
    free = settle(4, 12)
    assert random_band(objective, free, replace(selection))[1][-1] > highest[-1]


def test_a_pool_that_is_worth_nothing_is_covered_by_nothing():
    objective = facility_location(np.zeros((3, 4)))
    order = order_of(objective)
    outcome = outcome_for(order, 2)
    assert coverage_of(outcome.selection, objective) == outcome.coverage == 0.0
    assert outcome.random_range == (0.0, 0.0) and outcome.knee is None
    assert outcome.examples_for(0.8) is None
