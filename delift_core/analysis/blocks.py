"""A kernel made small enough to look at: block means, and a range for its colours."""

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
