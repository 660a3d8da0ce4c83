"""Means and extremes of utilities of which some are NaN."""

import numpy as np


def extremes_of(values: np.ndarray) -> tuple[float, float] | None:
    """The least and the greatest of some numbers, NaN left out; None where there is none."""
    if not np.isfinite(values).any():
        return None
    return float(np.nanmin(values)), float(np.nanmax(values))


def means_of(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """(n,) float64 sums over counts, NaN where nothing was counted."""
    return np.divide(sums, counts, out=np.full(len(sums), np.nan), where=counts > 0)
