"""A kernel group by group: what the examples of one group give those of another on average."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

REST = "all others"


@dataclass(frozen=True, eq=False)
class GroupMeans:
    """Mean utilities between groups, and of how many pairs each is the mean."""

    answered: tuple[str, ...]
    shown: tuple[str, ...]
    means: np.ndarray  # (answered groups, shown groups) NaN where no pair was scored
    counts: np.ndarray  # (answered groups, shown groups) pairs that were scored


def group_means(
    values: np.ndarray, answered_groups: Sequence[str], shown_groups: Sequence[str], square: bool
) -> GroupMeans:
    """means[a, b] = mean of U[i, j] over the scored pairs of answered i in group a and shown j in
    group b, i != j in a square kernel.

    values: (answered, shown); a group for each row and each column. Groups come in alphabetical
    order.
    """
    # (groups,), (answered,)
    answered, row_group = np.unique(np.asarray(answered_groups, dtype=str), return_inverse=True)
    shown, column_group = np.unique(np.asarray(shown_groups, dtype=str), return_inverse=True)
    columns = np.argsort(column_group, kind="stable")  # (shown,) one group after the other
    # (groups,) where each begins
    starts = np.searchsorted(column_group[columns], np.arange(len(shown)))
    sums, counts = (
        np.zeros((len(answered), len(shown))),
        np.zeros((len(answered), len(shown)), dtype=np.int64),
    )
    for row, group in enumerate(row_group.tolist()):
        line = values[row, columns]  # (shown,)
        scored = np.isfinite(line) & (columns != row) if square else np.isfinite(line)
        sums[group] += np.add.reduceat(np.where(scored, line, 0.0).astype(np.float64), starts)
        counts[group] += np.add.reduceat(scored, starts, dtype=np.int64)
    means = np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
    return GroupMeans(tuple(answered.tolist()), tuple(shown.tolist()), means, counts)


def folded(groups: Sequence[str], most: int) -> list[str]:
    """The same groups, those beyond the `most` largest as one: by falling size, ties in
    alphabetical order.
    """
    names, sizes = np.unique(np.asarray(groups, dtype=str), return_counts=True)
    kept = (
        set(names[np.lexsort((names, -sizes))][:most].tolist())
        if len(names) > most
        else set(names.tolist())
    )
    return [group if group in kept else REST for group in groups]
