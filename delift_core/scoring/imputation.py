"""What pairs that a plan left out are worth: the mean of what was scored of their answered example.

On the demo row means won over row and column effects, over a regression on the likeness of the
embeddings, and over leaving such pairs at nothing: see benchmarks/PLANS.md. They say how easily an
example is helped, not by whom, so a choice rests on the pairs that were scored.
"""

import numpy as np


def impute(values: np.ndarray, mask: np.ndarray, means: np.ndarray) -> np.ndarray:
    """values with U[i, j] = means_i where mask is False; a copy laid out alike.

    values, mask: (answered, shown), means: (answered,).
    """
    filled = values.copy(order="K")  # (answered, shown)
    np.copyto(filled, means[:, None], where=~mask)
    return filled


def row_means(values: np.ndarray, mask: np.ndarray, square: bool) -> np.ndarray:
    """(answered,) float32 mean of what was scored of each row, an example with itself apart.

    values, mask: (answered, shown).

    A row of which nothing was asked takes the mean of all that was scored; one of which nothing
    could be scored is NaN.
    """
    known = mask & np.isfinite(values)  # (answered, shown)
    if square:
        np.fill_diagonal(known, False)
    # (answered,) both
    sums, counts = values.sum(axis=1, where=known, dtype=np.float64), known.sum(axis=1)
    overall = sums.sum() / counts.sum() if counts.any() else np.nan
    nothing = np.where(mask.any(axis=1), np.nan, overall)  # (answered,)
    return np.divide(sums, counts, out=nothing, where=counts > 0).astype(np.float32)
