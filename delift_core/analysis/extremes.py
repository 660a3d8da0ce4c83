"""What stands out of a kernel: the pairs that hurt most, the examples nobody helps or that help
nobody, pairs that differ by direction.

A pair of an example with itself is left out of a square kernel, and so is what was not scored
(NaN). Ties go to the lower index. A kernel is read in strips of rows, so that nothing as large as
itself is made.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

STRIP = 256  # rows of a kernel looked at together


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a kernel, the most telling first."""

    answered: np.ndarray  # (pairs,)
    shown: np.ndarray  # (pairs,)
    score: np.ndarray  # (pairs,) what they were sought by

    def __len__(self) -> int:
        return len(self.answered)


@dataclass(frozen=True, eq=False)
class Partners:
    """Examples and their best partner, the worst off first."""

    indices: np.ndarray  # (examples,)
    partner: np.ndarray  # (examples,) whose utility with them is the highest
    best: np.ndarray  # (examples,) that utility
    nobody: int  # how many of the whole kernel have a best utility of 0 or less

    def __len__(self) -> int:
        return len(self.indices)


def hurts_most(values: np.ndarray, square: bool, most: int) -> Pairs:
    """The pairs of lowest utility: argmin over i != j of U[i, j]. values: (answered, shown)."""
    return _lowest_pairs(_strips(values, square), values.shape[1], most)


def most_asymmetric(values: np.ndarray, most: int) -> Pairs:
    """The pairs of a square kernel with the largest |U[i, j] - U[j, i]|, which is their score; each
    once, in the direction that helps more.
    """
    gaps = (
        (start, -np.abs(strip - values[:, start : start + len(strip)].T))
        for start, strip in _strips(values, True)
    )
    above = (
        (
            start,
            np.where(np.arange(len(values)) > start + np.arange(len(gap))[:, None], gap, np.nan),
        )
        for start, gap in gaps
    )
    found = _lowest_pairs(above, len(values), most)  # every pair as i < j
    turned = values[found.answered, found.shown] < values[found.shown, found.answered]  # (pairs,)
    return Pairs(
        np.where(turned, found.shown, found.answered),
        np.where(turned, found.answered, found.shown),
        -found.score,
    )


def helped_by_nobody(values: np.ndarray, square: bool, most: int) -> Partners:
    """The answered examples with the lowest best_i = max over j != i of U[i, j], what their best
    helper gives them.
    """
    parts = [_best(strip) for _, strip in _strips(values, square)]
    partner, best = (
        (np.concatenate(part) for part in zip(*parts, strict=True))
        if parts
        else (np.empty(0, int), np.empty(0))
    )
    worst = lowest(best, most)
    return Partners(worst, partner[worst], best[worst], int((best <= 0).sum()))


def helps_nobody(values: np.ndarray, square: bool, most: int) -> Partners:
    """The shown examples with the lowest best_j = max over i != j of U[i, j], what they give to
    whom they help most.
    """
    return helped_by_nobody(values.T, square, most)


def lowest(values: np.ndarray, most: int) -> np.ndarray:
    """Where the lowest values stand, lowest first, ties in their order, NaN nowhere: only those
    near the edge are sorted.
    """
    known = np.flatnonzero(np.isfinite(values))  # (known,)
    if len(known) > most:
        edge = np.partition(values[known], most - 1)[most - 1]
        known = known[values[known] <= edge]
    return known[np.argsort(values[known], kind="stable")][:most]


def _strips(values: np.ndarray, square: bool) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, copy of some rows) of a kernel, an example with itself as not scored."""
    for start in range(0, len(values), STRIP):
        strip = values[start : start + STRIP].astype(np.float64)  # (strip, shown)
        if square:
            strip[np.arange(len(strip)), start + np.arange(len(strip))] = np.nan
        yield start, strip


def _lowest_pairs(strips: Iterator[tuple[int, np.ndarray]], width: int, most: int) -> Pairs:
    """The lowest cells of all strips: a cell beyond the lowest of its own strip is none of them."""
    # (found,) both, in the order of the cells where equal
    cells, scores = np.empty(0, dtype=np.int64), np.empty(0)
    for start, strip in strips:
        near = lowest(strip.ravel(), most)
        cells, scores = (
            np.append(cells, start * width + near),
            np.append(scores, strip.ravel()[near]),
        )
        kept = lowest(scores, most)
        cells, scores = cells[kept], scores[kept]
    return Pairs(*np.divmod(cells, width), scores)


def _best(strip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(partner, utility) of every row's highest scored cell, the first of equals; NaN where nothing
    of the row was scored.
    """
    known = np.where(np.isfinite(strip), strip, -np.inf)  # (strip, shown)
    partner = known.argmax(axis=1) if strip.shape[1] else np.zeros(len(strip), dtype=np.int64)
    return partner, (
        strip[np.arange(len(strip)), partner] if strip.shape[1] else np.full(len(strip), np.nan)
    )
