"""How far a selection reaches, row by row: the share of what the whole pool is worth, against
random orders of the same pool.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike

from delift_core.selection.greedy import Selection
from delift_core.selection.objectives import Objective

ROUNDING = 1e-9  # shares closer than this are the same share: sums of gains carry float64 noise


def gain_curve(selection: Selection, whole: float) -> np.ndarray:
    """share_k = sum of the first k gains / f(pool), for 0 to k rows; all zeros when the whole pool
    is worth nothing.

    whole: objective.whole.
    """
    return np.concatenate([[0.0], selection.gains.cumsum()]) / (whole or 1.0)  # (chosen + 1,)


def random_curves(
    objective: Objective, counts: ArrayLike, seeds: Iterable[int] = range(10)
) -> np.ndarray:
    """share = f(first count rows of a random order) / f(pool): one order per seed, so the smaller
    choices are beginnings of the larger.
    """
    counts = np.asarray(counts, dtype=np.int64)  # (counts,)
    whole = objective.whole or 1.0
    # (seeds, counts)
    return np.stack([_random_values(objective, counts, seed) for seed in seeds]) / whole


def _random_values(objective: Objective, counts: np.ndarray, seed: int) -> np.ndarray:
    """f of the beginnings of one random order, from one running coverage."""
    order = np.random.default_rng(seed).permutation(objective.size)  # (shown,)
    modular = np.concatenate([[0.0], objective.modular[order].cumsum()])  # (shown + 1,)
    rising, place = np.unique(counts, return_inverse=True)  # (rising,), (counts,)
    return _nested_values(objective, order, rising)[place] + modular[counts]  # (counts,)


def _nested_values(objective: Objective, order: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """sum_i coverage_i - floor_i of the first `count` examples of an order, for ascending counts."""
    if objective.is_large:
        from delift_core.selection.greedy_numba import nested_values

        return nested_values(objective, order, counts)
    values, coverage, done = [], objective.floor, 0
    for count in counts.tolist():
        for index in order[done:count]:
            coverage = objective.covered(index, coverage)  # (answered,)
        values.append((coverage - objective.floor).sum())
        done = count
    return np.array(values)  # (counts,)


def spread(curves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lowest, highest) share over the seeds at every count."""
    return curves.min(axis=0), curves.max(axis=0)  # (seeds, counts) -> (counts,) both


def knee(shares: np.ndarray) -> int | None:
    """argmax_k (share_k - share_n * k / n): where the curve is furthest above the straight line to
    its end; None where it never is.

    Kneedle's definition for a concave curve (Satopaa et al., "Finding a Kneedle in a Haystack",
    2011); ties go to fewer rows.
    """
    above = shares - shares[-1] * np.linspace(0.0, 1.0, len(shares))  # (rows + 1,)
    highest, noise = above.max(), ROUNDING * abs(shares[-1])
    return int(np.flatnonzero(above >= highest - noise)[0]) if highest > noise else None


def rows_reaching(shares: np.ndarray, share: float) -> int | None:
    """The fewest rows with share_k >= share, None where no number of them reaches it."""
    reached = np.flatnonzero(shares >= share - ROUNDING)  # (k,)
    return int(reached[0]) if len(reached) else None


def downsample(shares: np.ndarray, most: int = 400, keep: Iterable[int] = ()) -> np.ndarray:
    """Ranks to draw: the first, the last, the knee and those to keep, the rest half evenly by rows
    and half evenly by share.
    """
    last = len(shares) - 1
    if last < most:
        return np.arange(last + 1)  # (rows + 1,)
    always = {0, last, *(int(rank) for rank in keep if 0 <= rank <= last)} | (
        {knee(shares)} - {None}
    )
    half = max((most - len(always)) // 2, 0)
    by_rows = np.linspace(0, last, half).round().astype(np.int64)  # (half,)
    by_share = np.searchsorted(shares, np.linspace(0.0, shares[-1], half))  # (half,)
    # (ranks,)
    return np.unique(
        np.concatenate([sorted(always), by_rows, by_share.clip(0, last)]).astype(np.int64)
    )
