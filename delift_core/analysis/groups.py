"""Mean utilities between groups of examples."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delift_core.analysis.scored_pairs import scored_pairs

REST = "all others"


@dataclass(frozen=True, eq=False)
class GroupMeans:
    """Mean utilities between groups, and the number of pairs behind each."""

    answered: tuple[str, ...]
    shown: tuple[str, ...]
    means: np.ndarray  # (answered groups, shown groups) NaN where no pair was scored
    counts: np.ndarray  # (answered groups, shown groups) pairs that were scored


def group_means(
    values: Any, answered_groups: Sequence[str], shown_groups: Sequence[str], square: bool
) -> GroupMeans:
    """means[a, b] = mean of U[i, j] over scored pairs, answered i in group a, shown j in group b.

    In a square kernel i != j. Groups come in alphabetical order.

    values: (answered, shown) array, or a SciPy sparse array of what was scored; a group for each
    row and each column.
    """
    # (answered groups,), (answered,)
    answered, row_group = np.unique(np.asarray(answered_groups, dtype=str), return_inverse=True)
    shown, column_group = np.unique(np.asarray(shown_groups, dtype=str), return_inverse=True)
    shape = (len(answered), len(shown))
    if isinstance(values, np.ndarray):
        sums, counts = _sums_of_rows(values, row_group, column_group, shape, square)
    else:
        sums, counts = _sums_of_pairs(values, row_group, column_group, shape, square)
    means = np.divide(sums, counts, out=np.full(shape, np.nan), where=counts > 0)
    return GroupMeans(tuple(answered.tolist()), tuple(shown.tolist()), means, counts)


def _sums_of_pairs(
    values: Any,
    row_group: np.ndarray,
    column_group: np.ndarray,
    shape: tuple[int, int],
    square: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """(answered groups, shown groups) sums and counts of a sparse kernel. As `_sums_of_rows`."""
    pairs = scored_pairs(values, square)
    cells = row_group[pairs.answered] * shape[1] + column_group[pairs.shown]  # (pairs,)
    size = shape[0] * shape[1]
    sums = np.bincount(cells, weights=pairs.utility, minlength=size)  # (groups squared,)
    return sums.reshape(shape), np.bincount(cells, minlength=size).reshape(shape)


def _sums_of_rows(
    values: np.ndarray,
    row_group: np.ndarray,
    column_group: np.ndarray,
    shape: tuple[int, int],
    square: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """(answered groups, shown groups) sums and counts of what was scored, row by row.

    row_group: (answered,) and column_group: (shown,) positions of groups.
    """
    columns = np.argsort(column_group, kind="stable")  # (shown,) one group after the other
    # (shown groups,) where each begins
    starts = np.searchsorted(column_group[columns], np.arange(shape[1]))
    sums = np.zeros(shape)  # (answered groups, shown groups)
    counts = np.zeros(shape, dtype=np.int64)  # (answered groups, shown groups)
    for row, group in enumerate(row_group.tolist()):
        line = values[row, columns]  # (shown,)
        scored = np.isfinite(line)  # (shown,)
        if square:
            scored &= columns != row
        sums[group] += np.add.reduceat(np.where(scored, line, 0.0).astype(np.float64), starts)
        counts[group] += np.add.reduceat(scored, starts, dtype=np.int64)
    return sums, counts


def with_rest(groups: Sequence[str], most: int) -> list[str]:
    """The same groups, all beyond the `most` largest replaced by "all others".

    Ties go to the first in alphabetical order.
    """
    names, sizes = np.unique(np.asarray(groups, dtype=str), return_counts=True)
    largest = set(names[np.lexsort((names, -sizes))][:most].tolist())
    return [group if group in largest else REST for group in groups]
