"""The scored pairs of a sparse kernel one by one, where a dense one is read in strips."""

from typing import Any, NamedTuple

import numpy as np


class ScoredPairs(NamedTuple):
    """Pairs that were scored and their utility, answered example by answered example."""

    answered: np.ndarray  # (pairs,)
    shown: np.ndarray  # (pairs,) rising for one answered example
    utility: np.ndarray  # (pairs,) float64, finite


def scored_pairs(values: Any, square: bool) -> ScoredPairs:
    """Every pair of a sparse kernel that could be scored, in a square one without its diagonal.

    values: (answered, shown) SciPy sparse array, NaN where a pair could not be scored.
    """
    pairs = values.tocsr().tocoo()
    counted = np.isfinite(pairs.data)  # (pairs,)
    if square:
        counted &= pairs.row != pairs.col
    return ScoredPairs(
        *(part[counted] for part in (pairs.row, pairs.col, pairs.data.astype(float)))
    )


def pairs_between(values: Any, square: bool, rows: np.ndarray, columns: np.ndarray) -> ScoredPairs:
    """The scored pairs of some answered and some shown examples, as `scored_pairs` has them.

    rows, columns: their indices, each once.
    """
    asked, wanted = np.sort(columns), np.zeros(values.shape[0], bool)  # (columns,), (answered,)
    wanted[rows] = True
    pairs = scored_pairs(values.tocsc()[:, asked], False)
    answered, shown = pairs.answered, asked[pairs.shown]  # (pairs,) both
    among = wanted[answered]  # (pairs,)
    if square:
        among &= answered != shown
    return ScoredPairs(answered[among], shown[among], pairs.utility[among])


def best_partners(pairs: ScoredPairs, answered: int) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) the shown example of highest utility, the first of equals, and that utility.

    The utility is NaN where nothing was scored.
    """
    best = np.full(answered, -np.inf)  # (answered,)
    np.maximum.at(best, pairs.answered, pairs.utility)
    is_best = pairs.utility == best[pairs.answered]  # (pairs,)
    partner = np.zeros(answered, dtype=np.int64)  # (answered,)
    # the last one written stays, which is the first of the row
    partner[pairs.answered[is_best][::-1]] = pairs.shown[is_best][::-1]
    return partner, np.where(np.isinf(best), np.nan, best)


def scored_both_ways(pairs: ScoredPairs, size: int) -> tuple[ScoredPairs, np.ndarray]:
    """The pairs (i, j) with i < j of which (j, i) was scored too, and (pairs,) U[j, i]."""
    cells = pairs.answered.astype(np.int64) * size + pairs.shown  # (pairs,) rising
    above = pairs.answered < pairs.shown  # (pairs,)
    forth = ScoredPairs(*(part[above] for part in pairs))
    turned = forth.shown.astype(np.int64) * size + forth.answered  # (above,)
    position = np.searchsorted(cells, turned)  # (above,)
    is_scored = np.append(cells, -1)[position] == turned  # (above,)
    back = pairs.utility[position[is_scored]]  # (both,)
    return ScoredPairs(*(part[is_scored] for part in forth)), back
