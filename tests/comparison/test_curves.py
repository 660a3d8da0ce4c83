"""Curves of several selections under one objective, beside random selections."""

import numpy as np
import pytest

from delift_core.comparison.comparison import Entry
from delift_core.comparison.curves import compared_curves
from delift_core.selection.baselines.random import random_order
from delift_core.selection.greedy import greedy_selection, selection_in_order
from delift_core.selection.objectives import facility_location
from delift_core.selection.outcome import coverage_of_examples
from delift_core.selection.settle import settle

RNG = np.random.default_rng(3)
OBJECTIVE = facility_location(RNG.random((12, 30)))
TOKENS = RNG.integers(1, 9, 30)


@pytest.mark.parametrize("budget, unit", [("8", "examples"), ("25 tokens", "tokens")])
def test_a_line_is_what_the_first_examples_spend_and_cover(budget, unit):
    constraints = settle(budget, 30, TOKENS)
    other = random_order(constraints, seed=5)
    entries = [
        Entry("greedy", greedy_selection(OBJECTIVE, constraints), constraints),
        Entry("other", selection_in_order(None, constraints, other, "list"), constraints),
    ]
    curves = compared_curves(OBJECTIVE, entries)
    assert curves.unit == unit
    for entry, (spent, coverage) in zip(entries, curves.lines, strict=True):
        for count in range(1, len(entry.rows) + 1):
            first = entry.rows[:count]
            assert spent[count] == constraints.costs[first].sum()
            assert coverage[count] == pytest.approx(coverage_of_examples(first, OBJECTIVE))
        assert spent[0] == coverage[0] == 0


def test_the_band_holds_every_random_selection_of_its_seeds():
    constraints = settle("8", 30, TOKENS)
    entry = Entry("greedy", greedy_selection(OBJECTIVE, constraints), constraints)
    curves = compared_curves(OBJECTIVE, [entry])
    for seed in range(10):
        for count in range(1, 9):
            covered = coverage_of_examples(random_order(constraints, seed)[:count], OBJECTIVE)
            assert curves.lowest[count] - 1e-9 <= covered <= curves.highest[count] + 1e-9
