"""A kernel made small enough to look at: block means, a range for its colours, and an order in
which what belongs together is adjacent.
"""

from itertools import pairwise

import numpy as np

SAMPLE = 1_000_000  # cells looked at for the range of the colours


def block_means(values: np.ndarray, most: int = 320) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(means, row edges, column edges): block (a, b) is the mean of rows [row_edges[a],
    row_edges[a+1]) and columns alike.

    At most `most` blocks a side. Cells that are NaN are left out; a block of nothing else is NaN.
    """
    rows, columns = (_edges(length, most) for length in values.shape)
    means = np.stack(
        [_strip_means(values[top:bottom], columns[:-1]) for top, bottom in pairwise(rows)]
    )
    return means.astype(np.float32), rows, columns  # (blocks down, blocks across)


def _edges(length: int, most: int) -> np.ndarray:
    """Borders of at most so many blocks of nearly one size."""
    return np.linspace(0, length, min(length, most) + 1).astype(np.int64)  # (blocks + 1,)


def _strip_means(strip: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Block means of the few rows that make one row of blocks: only these are copied."""
    scored = np.isfinite(strip)  # (strip, columns)
    # (columns,) -> (blocks,)
    sums = np.add.reduceat(strip.sum(axis=0, where=scored, dtype=np.float64), starts)
    counts = np.add.reduceat(scored.sum(axis=0), starts)  # (columns,) -> (blocks,)
    return np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)


def robust_limit(values: np.ndarray, share: float = 0.99) -> float:
    """The `share` quantile of |U|: colours from -limit to +limit are not washed out by a few
    extreme cells.

    The diagonal of a square array is left out (an example shown to itself leaks its answer). Above
    a million cells, a million drawn with a fixed seed. 1 where nothing differs from zero.
    """
    rows, columns = _cells(values.shape)
    looked = np.abs(values[rows, columns])  # (cells,)
    # (scored,)
    looked = looked[
        np.isfinite(looked) & ((rows != columns) | (values.shape[0] != values.shape[1]))
    ]
    return float(np.quantile(looked, share)) or 1.0 if len(looked) else 1.0


def _cells(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(rows, columns) of every cell of a small array, or of a million drawn from a large one."""
    if shape[0] * shape[1] <= SAMPLE:
        return tuple(np.indices(shape).reshape(2, -1))  # (cells,) both
    rng = np.random.default_rng(0)
    return rng.integers(shape[0], size=SAMPLE), rng.integers(shape[1], size=SAMPLE)


def order_by_owner(similarity: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(order, owner): owner_i = argmax over chosen j of s[i, j], the shown example that covers
    answered i best, -1 where none does.

    order groups the answered rows by owner in order of choice, within a group by falling
    similarity; rows without an owner come last. Ties go to the earlier choice, then to the lower
    row.
    """
    covers = similarity[:, chosen]  # (answered, chosen)
    turn = covers.argmax(axis=1)  # (answered,) the first of the highest
    best = covers[np.arange(len(covers)), turn]  # (answered,)
    turn = np.where(best > 0, turn, len(chosen))  # (answered,)
    order = np.lexsort((-best, turn))  # (answered,) stable
    return order, np.append(chosen, -1)[turn]


def columns_by_owner(order: np.ndarray, owner: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """The shown examples of a square kernel in step with its ordered rows: each chosen one, then
    the others it covers.

    With order and owner of `order_by_cover`, blocks of help stand on the diagonal.
    """
    leads = np.isin(np.arange(len(owner)), chosen)  # (n,)
    # (n,) a chosen example leads its own group
    group = np.where(leads, np.arange(len(owner)), owner)
    turn = np.full(len(owner) + 1, len(chosen))  # (n + 1,) by example; -1 is the last
    turn[chosen] = np.arange(len(chosen))
    place = np.argsort(order)  # (n,) where each stands among the rows
    return np.lexsort((place, ~leads, turn[group]))  # (n,)


def owner_order(
    similarity: np.ndarray, chosen: np.ndarray, square: bool
) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices, what is covered by the same chosen example side by side;
    the pool is what is shown.

    Columns follow the rows of a square kernel; of another the chosen come first, in order of
    choice.
    """
    rows, owner = order_by_owner(similarity, chosen)
    if square:
        return rows, columns_by_owner(rows, owner, chosen)
    return rows, np.append(chosen, np.setdiff1d(np.arange(similarity.shape[1]), chosen))
