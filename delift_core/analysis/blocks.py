"""A kernel made small enough to look at: block means, and a range for its colours."""

from itertools import pairwise
from typing import Any

import numpy as np

from delift_core.analysis.scored_pairs import scored_pairs

SAMPLE = 1_000_000  # cells that the range of the colours is worked out from


def block_means(
    values: Any, most: int = 320, order: tuple[np.ndarray, np.ndarray] | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(means, row edges, column edges), at most `most` blocks a side.

    Block (a, b) is the mean of rows [row_edges[a], row_edges[a + 1]) and of columns alike. Cells
    that are NaN are left out; a block of nothing else is NaN.

    values: (answered, shown) array, or a SciPy sparse array of what was scored.
    order: (answered,) and (shown,) indices that rows and columns are taken in; as they lie without.
    """
    rows, columns = (_edges(length, most) for length in values.shape)
    if isinstance(values, np.ndarray):
        strips = (_strip(values, order, *ends) for ends in pairwise(rows))
        means = np.stack([_strip_means(strip, columns[:-1]) for strip in strips])
    else:
        if order is None:
            order = np.arange(values.shape[0]), np.arange(values.shape[1])
        means = _means_of_pairs(values, order, (rows, columns))
    return means.astype(np.float32), rows, columns  # (blocks down, blocks across)


def _strip(
    values: np.ndarray, order: tuple[np.ndarray, np.ndarray] | None, top: int, bottom: int
) -> np.ndarray:
    """(strip, columns) the few rows that make one row of blocks: only these are copied."""
    if order is None:
        return values[top:bottom]
    rows, columns = order
    return values[rows[top:bottom]][:, columns]


def _means_of_pairs(
    values: Any, order: tuple[np.ndarray, np.ndarray], edges: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """(blocks down, blocks across) means of a sparse kernel, each pair counted in its block."""
    pairs = scored_pairs(values, square=False)
    down, across = (_block_of(*side) for side in zip(order, edges, strict=True))
    shape = (len(edges[0]) - 1, len(edges[1]) - 1)
    cells = down[pairs.answered] * shape[1] + across[pairs.shown]  # (pairs,)
    size = shape[0] * shape[1]
    sums = np.bincount(cells, weights=pairs.utility, minlength=size)  # (blocks,)
    counts = np.bincount(cells, minlength=size)  # (blocks,)
    means = np.divide(sums, counts, out=np.full(size, np.nan), where=counts > 0)
    return means.reshape(shape)


def _block_of(order: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """(n,) the block that each example falls into. order: (n,) indices; edges: (blocks + 1,)."""
    block = np.empty(len(order), dtype=np.int64)  # (n,)
    block[order] = np.repeat(np.arange(len(edges) - 1), np.diff(edges))
    return block


def _edges(length: int, most: int) -> np.ndarray:
    """(blocks + 1,) borders of at most so many blocks of nearly one size."""
    return np.linspace(0, length, min(length, most) + 1).astype(np.int64)


def _strip_means(strip: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """(blocks,) block means of the rows of a strip."""
    scored = np.isfinite(strip)  # (strip, columns)
    totals = strip.sum(axis=0, where=scored, dtype=np.float64)  # (columns,)
    sums = np.add.reduceat(totals, starts)  # (columns,) -> (blocks,)
    counts = np.add.reduceat(scored.sum(axis=0), starts)  # (columns,) -> (blocks,)
    return np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)


def robust_limit(values: Any, share: float = 0.99) -> float:
    """The `share` quantile of |U|, 1 where nothing differs from zero.

    Colours from -limit to +limit are not washed out by a few extreme cells. The diagonal of a
    square array is left out (an example shown to itself leaks its answer). Of more than a million
    cells, a million are drawn with a fixed seed.

    values: (answered, shown) array, or a SciPy sparse array of what was scored.
    """
    is_square = values.shape[0] == values.shape[1]
    if isinstance(values, np.ndarray):
        sizes = _sampled_sizes(values, is_square)  # (cells,)
    else:
        sizes = _sampled_sizes(scored_pairs(values, is_square).utility[None], False)  # (cells,)
    if not len(sizes):
        return 1.0
    return float(np.quantile(sizes, share)) or 1.0


def _sampled_sizes(values: np.ndarray, square: bool) -> np.ndarray:
    """(cells,) |U| of what is scored of a million cells at most, a square's diagonal left out."""
    rows, columns = _sampled_cells(values.shape)
    sizes = np.abs(values[rows, columns])  # (cells,)
    counted = np.isfinite(sizes)  # (cells,)
    if square:
        counted &= rows != columns
    return sizes[counted]


def _sampled_cells(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(cells,) rows and columns of all cells, or of a million drawn from a large array."""
    if shape[0] * shape[1] <= SAMPLE:
        rows, columns = np.indices(shape).reshape(2, -1)  # (cells,) both
        return rows, columns
    rng = np.random.default_rng(0)
    return rng.integers(shape[0], size=SAMPLE), rng.integers(shape[1], size=SAMPLE)
