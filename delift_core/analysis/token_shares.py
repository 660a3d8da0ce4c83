"""Which tokens of an answer a shown example made more or less likely, and how much of the utility
each of them is.
"""

import numpy as np
from numpy.typing import ArrayLike


def token_shares(alone: ArrayLike, shown: ArrayLike) -> np.ndarray:
    """c_t = [(1 - p0_t)^2 - (1 - p1_t)^2] / (T (d0 + d1)), which sums to the utility d0 - d1; zeros
    where every token was certain.

    alone, shown: (T,) log-probabilities of the scored tokens without and with the shown example.
    """
    missed = np.expm1(np.array([alone, shown], dtype=np.float64)) ** 2  # (2, T)   (1 - p)^2
    distances = np.sqrt(missed.mean(axis=1))  # (2,)     d0, d1
    return (missed[0] - missed[1]) / (missed.shape[1] * distances.sum() or 1.0)  # (T,)


def log_ratios(alone: ArrayLike, shown: ArrayLike) -> np.ndarray:
    """log p1_t - log p0_t, whose mean is the pointwise mutual information of the pair."""
    return np.asarray(shown, dtype=np.float64) - np.asarray(alone, dtype=np.float64)  # (T,)
