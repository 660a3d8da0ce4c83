"""Coverage of a selection example by example, and of random selections beside it."""

from collections.abc import Iterable

import numpy as np

from delift_core.selection.baselines.random import random_selection
from delift_core.selection.constraints import Constraints
from delift_core.selection.greedy import Selection
from delift_core.selection.objective import Objective

ROUNDING = 1e-9  # coverages closer than this are the same: sums of gains carry float64 noise
RANDOM_SEEDS = range(10)


def coverage_curve(selection: Selection, whole: float) -> np.ndarray:
    """coverage_k = sum of the first k gains / f(pool), for 0 to k examples.

    whole: objective.whole; where it is 0, so is the whole curve. Returns (chosen + 1,).
    """
    return np.concatenate([[0.0], selection.gains.cumsum()]) / (whole or 1.0)  # (chosen + 1,)


def random_band(
    objective: Objective,
    constraints: Constraints,
    selection: Selection,
    seeds: Iterable[int] = RANDOM_SEEDS,
) -> tuple[np.ndarray, np.ndarray]:
    """The lowest and the highest coverage of random selections beside a selection's curve.

    constraints: those of the selection; the random selections keep to them too, its budget and its
    unit included. A point of the band is what they cover at the cost of the first k examples of
    the selection: with as many rows, or, under a token budget, with no more tokens. The last
    point is what they cover with the whole budget. Returns (chosen + 1,) both.
    """
    spent = spent_by(constraints, selection)  # (chosen + 1,)
    spent[-1] = constraints.limit
    curves = []
    for seed in seeds:
        drawn = random_selection(objective, constraints, seed)
        coverage = coverage_curve(drawn, objective.whole)  # (drawn + 1,)
        counts = np.searchsorted(spent_by(constraints, drawn), spent, side="right") - 1
        curves.append(coverage[counts])  # (chosen + 1,)
    return np.min(curves, axis=0), np.max(curves, axis=0)  # (seeds, chosen + 1) -> (chosen + 1,)


def spent_by(constraints: Constraints, selection: Selection) -> np.ndarray:
    """(chosen + 1,) what the first 0, 1, ... examples of a selection take of its budget."""
    return np.concatenate([[0], constraints.costs[selection.indices].cumsum()])


def knee(coverage: np.ndarray) -> int | None:
    """The point of diminishing returns: argmax_k (coverage_k - coverage_n * k / n).

    There the curve is furthest above the straight line to its end; None where it never is above
    it. Kneedle's definition for a concave curve (Satopaa et al., "Finding a Kneedle in a Haystack",
    2011); ties go to fewer examples. coverage: (chosen + 1,).
    """
    above = coverage - coverage[-1] * np.linspace(0.0, 1.0, len(coverage))  # (chosen + 1,)
    highest, noise = above.max(), ROUNDING * abs(coverage[-1])
    if highest <= noise:
        return None
    return int(np.flatnonzero(above >= highest - noise)[0])


def rows_reaching(coverage: np.ndarray, wanted: float) -> int | None:
    """The fewest examples with coverage_k >= wanted, None where no number of them has."""
    reached = np.flatnonzero(coverage >= wanted - ROUNDING)  # (k,)
    return int(reached[0]) if len(reached) else None


def downsample(coverage: np.ndarray, most: int = 400, keep: Iterable[int] = ()) -> np.ndarray:
    """Ranks to draw a curve at: its ends, its knee, those to keep, and others up to `most`.

    The others lie half evenly by rows and half evenly by coverage. Returns (ranks,) ascending.
    """
    last = len(coverage) - 1
    if last < most:
        return np.arange(last + 1)  # (chosen + 1,)
    always = {0, last}
    always.update(int(rank) for rank in keep if 0 <= rank <= last)
    bend = knee(coverage)
    if bend is not None:
        always.add(bend)
    half = max((most - len(always)) // 2, 0)
    by_rows = np.linspace(0, last, half).round().astype(np.int64)  # (half,)
    by_coverage = np.searchsorted(coverage, np.linspace(0.0, coverage[-1], half))  # (half,)
    ranks = np.concatenate([sorted(always), by_rows, by_coverage.clip(0, last)])
    return np.unique(ranks.astype(np.int64))  # (ranks,)
