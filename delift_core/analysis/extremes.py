"""Extremes of a kernel: pairs that hurt most or differ most by direction, examples without help.

A pair of an example with itself is left out of a square kernel, and so is a pair that was not
scored (NaN). Ties go to the lower index. A kernel is read in strips of rows, so that nothing as
large as the kernel is allocated, and a SciPy sparse one pair by pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from delift_core.analysis.scored_pairs import (
    ScoredPairs,
    best_partners,
    pairs_between,
    scored_both_ways,
    scored_pairs,
)

STRIP = 256  # rows of a kernel looked at together


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of a kernel, the most extreme first."""

    answered: np.ndarray  # (pairs,)
    shown: np.ndarray  # (pairs,)
    score: np.ndarray  # (pairs,) what they are ordered by

    def __len__(self) -> int:
        return len(self.answered)


@dataclass(frozen=True, eq=False)
class Partners:
    """Examples with their best partner, the lowest utility first."""

    indices: np.ndarray  # (examples,)
    partner: np.ndarray  # (examples,) the one of highest utility
    best: np.ndarray  # (examples,) that utility
    without_help: int  # examples of the whole kernel whose best utility is 0 or less

    def __len__(self) -> int:
        return len(self.indices)


def hurts_most(values: Any, square: bool, most: int) -> Pairs:
    """The pairs of lowest utility: argmin over i != j of U[i, j].

    values: (answered, shown) array, or a SciPy sparse array of what was scored.
    """
    if not isinstance(values, np.ndarray):
        pairs = scored_pairs(values, square)
        near = lowest(pairs.utility, most)
        return Pairs(*(part[near] for part in pairs))
    return _lowest_pairs(_strips(values, square), values.shape[1], most)


def strongest_pair(
    values: Any, square: bool, rows: np.ndarray, columns: np.ndarray
) -> tuple[int, int] | None:
    """The pair of highest utility, argmax over i != j of U[i, j], of some rows and columns.

    Ties go to the pair that comes first in these; None where none of them was scored.

    rows, columns: indices of answered and of shown examples.
    """
    if not isinstance(values, np.ndarray):
        return _highest(pairs_between(values, square, rows, columns))
    best, utility = None, -np.inf
    for start in range(0, len(rows), STRIP):
        own = rows[start : start + STRIP]  # (strip,)
        strip = np.nan_to_num(values[np.ix_(own, columns)], nan=-np.inf)  # (strip, columns)
        if square:
            strip[own[:, None] == columns] = -np.inf
        if strip.size and strip.max() > utility:
            row, column = np.unravel_index(strip.argmax(), strip.shape)
            best, utility = (int(own[row]), int(columns[column])), strip.max()
    return best


def _highest(pairs: ScoredPairs) -> tuple[int, int] | None:
    """The pair of highest utility, the first of equals; None of no pairs."""
    if not len(pairs.utility):
        return None
    first = int(pairs.utility.argmax())
    return int(pairs.answered[first]), int(pairs.shown[first])


def most_asymmetric(values: Any, most: int) -> Pairs:
    """The pairs of a square kernel with the largest |U[i, j] - U[j, i]|, which is their score.

    Each pair comes once, in the direction that helps more.

    values: as for `hurts_most`.
    """
    if isinstance(values, np.ndarray):
        # every pair as i < j
        pairs = _lowest_pairs(_gaps_above_diagonal(values), len(values), most)
        forth = values[pairs.answered, pairs.shown]  # (pairs,)
        turned = forth < values[pairs.shown, pairs.answered]  # (pairs,)
    else:
        pairs, turned = _lowest_gaps(values, most)
    return Pairs(
        np.where(turned, pairs.shown, pairs.answered),
        np.where(turned, pairs.answered, pairs.shown),
        -pairs.score,
    )


def _lowest_gaps(values: Any, most: int) -> tuple[Pairs, np.ndarray]:
    """Pairs i < j of a sparse kernel by -|U[i, j] - U[j, i]|; (pairs,) whether U[j, i] is more."""
    above, back = scored_both_ways(scored_pairs(values, True), values.shape[0])
    gaps = -np.abs(above.utility - back)  # (above,)
    near = lowest(gaps, most)
    pairs = Pairs(above.answered[near], above.shown[near], gaps[near])
    return pairs, above.utility[near] < back[near]


def _gaps_above_diagonal(values: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, -|U[i, j] - U[j, i]|) strip by strip, NaN unless i < j."""
    columns = np.arange(len(values))
    for start, strip in _strips(values, True):
        gaps = -np.abs(strip - values[:, start : start + len(strip)].T)  # (strip, shown)
        rows = start + np.arange(len(gaps))[:, None]  # (strip, 1)
        yield start, np.where(columns > rows, gaps, np.nan)


def helped_by_nobody(values: Any, square: bool, most: int) -> Partners:
    """The answered examples with the lowest best_i = max over j != i of U[i, j].

    best_i is what the best helper of an example gives it.

    values: as for `hurts_most`.
    """
    if isinstance(values, np.ndarray):
        strips = [_best(strip) for _, strip in _strips(values, square)]
        partner = np.concatenate([np.empty(0, int), *(partner for partner, _ in strips)])
        best = np.concatenate([np.empty(0), *(best for _, best in strips)])
    else:
        partner, best = best_partners(scored_pairs(values, square), values.shape[0])
    worst = lowest(best, most)
    return Partners(worst, partner[worst], best[worst], int((best <= 0).sum()))


def helps_nobody(values: Any, square: bool, most: int) -> Partners:
    """The shown examples with the lowest best_j = max over i != j of U[i, j].

    best_j is what an example gives to the one it helps most.
    """
    return helped_by_nobody(values.T, square, most)


def lowest(values: np.ndarray, most: int) -> np.ndarray:
    """(at most `most`,) positions of the lowest values, lowest first, ties in their order.

    NaN is left out. Only the values up to the highest of them are sorted.
    """
    known = np.flatnonzero(np.isfinite(values))  # (known,)
    if len(known) > most:
        edge = np.partition(values[known], most - 1)[most - 1]
        known = known[values[known] <= edge]
    return known[np.argsort(values[known], kind="stable")][:most]


def _strips(values: np.ndarray, square: bool) -> Iterator[tuple[int, np.ndarray]]:
    """(first row, copy of some rows) of a kernel; in a square one the diagonal is NaN."""
    for start in range(0, len(values), STRIP):
        strip = values[start : start + STRIP].astype(np.float64)  # (strip, shown)
        if square:
            strip[np.arange(len(strip)), start + np.arange(len(strip))] = np.nan
        yield start, strip


def _lowest_pairs(strips: Iterator[tuple[int, np.ndarray]], width: int, most: int) -> Pairs:
    """The lowest cells of all strips, each of which is among the lowest of its own strip."""
    cells = np.empty(0, dtype=np.int64)  # (pairs,) in the order of the cells where equal
    scores = np.empty(0)  # (pairs,)
    for start, strip in strips:
        values = strip.ravel()  # (strip * shown,)
        near = lowest(values, most)
        cells = np.append(cells, start * width + near)
        scores = np.append(scores, values[near])
        order = lowest(scores, most)
        cells, scores = cells[order], scores[order]
    answered, shown = np.divmod(cells, width)  # (pairs,) both
    return Pairs(answered, shown, scores)


def _best(strip: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(rows,) partner and (rows,) utility of every row's highest scored cell, the first of equals.

    The utility is NaN where nothing of the row was scored.
    """
    rows, columns = strip.shape
    if not columns:
        return np.zeros(rows, dtype=np.int64), np.full(rows, np.nan)
    scored = np.where(np.isfinite(strip), strip, -np.inf)  # (strip, shown)
    partner = scored.argmax(axis=1)  # (strip,)
    return partner, strip[np.arange(rows), partner]
