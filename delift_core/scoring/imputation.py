"""Imputation of the pairs that a plan left out: the mean of what was scored of their row.

On the demo row means were better than row and column effects, a regression on the similarity of the
embeddings, and leaving such pairs at 0: see benchmarks/PLANS.md. A row mean tells how easily an
example is helped, not by which other one, so a choice rests on the pairs that were scored.
"""

import numpy as np


def impute(values: np.ndarray, mask: np.ndarray, means: np.ndarray) -> np.ndarray:
    """(answered, shown) copy of values with U[i, j] = means_i where mask is False.

    values, mask: (answered, shown); means: (answered,). The copy has the memory order of values.
    """
    filled = values.copy(order="K")  # (answered, shown)
    np.copyto(filled, means[:, None], where=~mask)
    return filled


def row_means(values: np.ndarray, mask: np.ndarray, square: bool) -> np.ndarray:
    """(answered,) float32 mean of what was scored of each row, the diagonal excepted.

    values, mask: (answered, shown). A row of which no pair was requested takes the mean of all that
    was scored; one of which nothing could be scored is NaN.
    """
    scored = mask & np.isfinite(values)  # (answered, shown)
    if square:
        np.fill_diagonal(scored, False)
    sums = values.sum(axis=1, where=scored, dtype=np.float64)  # (answered,)
    counts = scored.sum(axis=1)  # (answered,)
    overall = np.nan
    if counts.any():
        overall = sums.sum() / counts.sum()
    fallback = np.where(mask.any(axis=1), np.nan, overall)  # (answered,)
    return np.divide(sums, counts, out=fallback, where=counts > 0).astype(np.float32)
