"""A kernel made small enough to look at: block means, and a range for its colours."""

from itertools import pairwise

import numpy as np

SAMPLE = 1_000_000  # cells that the range of the colours is worked out from


def block_means(values: np.ndarray, most: int = 320) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(means, row edges, column edges), at most `most` blocks a side.

    Block (a, b) is the mean of rows [row_edges[a], row_edges[a + 1]) and of columns alike. Cells
    that are NaN are left out; a block of nothing else is NaN.
    """
    rows, columns = (_edges(length, most) for length in values.shape)
    strips = [_strip_means(values[top:bottom], columns[:-1]) for top, bottom in pairwise(rows)]
    means = np.stack(strips)
    return means.astype(np.float32), rows, columns  # (blocks down, blocks across)


def _edges(length: int, most: int) -> np.ndarray:
    """(blocks + 1,) borders of at most so many blocks of nearly one size."""
    return np.linspace(0, length, min(length, most) + 1).astype(np.int64)


def _strip_means(strip: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Block means of the few rows that make one row of blocks: only these are copied."""
    scored = np.isfinite(strip)  # (strip, columns)
    totals = strip.sum(axis=0, where=scored, dtype=np.float64)  # (columns,)
    sums = np.add.reduceat(totals, starts)  # (columns,) -> (blocks,)
    counts = np.add.reduceat(scored.sum(axis=0), starts)  # (columns,) -> (blocks,)
    return np.divide(sums, counts, out=np.full(len(starts), np.nan), where=counts > 0)


def robust_limit(values: np.ndarray, share: float = 0.99) -> float:
    """The `share` quantile of |U|, 1 where nothing differs from zero.

    Colours from -limit to +limit are not washed out by a few extreme cells. The diagonal of a
    square array is left out (an example shown to itself leaks its answer). Of more than a million
    cells, a million are drawn with a fixed seed.
    """
    rows, columns = _sampled_cells(values.shape)
    sizes = np.abs(values[rows, columns])  # (cells,)
    counted = np.isfinite(sizes)  # (cells,)
    if values.shape[0] == values.shape[1]:
        counted &= rows != columns
    if not counted.any():
        return 1.0
    return float(np.quantile(sizes[counted], share)) or 1.0


def _sampled_cells(shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """(cells,) rows and columns of all cells, or of a million drawn from a large array."""
    if shape[0] * shape[1] <= SAMPLE:
        rows, columns = np.indices(shape).reshape(2, -1)  # (cells,) both
        return rows, columns
    rng = np.random.default_rng(0)
    return rng.integers(shape[0], size=SAMPLE), rng.integers(shape[1], size=SAMPLE)
