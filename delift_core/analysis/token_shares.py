"""The utility of a pair as a sum over the tokens of the answer."""

import numpy as np
from numpy.typing import ArrayLike


def token_shares(alone: ArrayLike, shown: ArrayLike) -> np.ndarray:
    """(T,) c_t = [(1 - p0_t)^2 - (1 - p1_t)^2] / (T (d0 + d1)), which sums to d0 - d1.

    The sum is the utility of the pair. Zeros where every token was certain both times.

    alone, shown: (T,) log-probabilities of the scored tokens without and with the shown example.
    """
    squares = np.expm1(np.array([alone, shown], dtype=np.float64)) ** 2  # (2, T) (1 - p)^2
    distances = np.sqrt(squares.mean(axis=1))  # (2,) d0, d1
    return (squares[0] - squares[1]) / (squares.shape[1] * distances.sum() or 1.0)  # (T,)


def log_ratios(alone: ArrayLike, shown: ArrayLike) -> np.ndarray:
    """(T,) log p1_t - log p0_t, whose mean is the pointwise mutual information of the pair."""
    return np.asarray(shown, dtype=np.float64) - np.asarray(alone, dtype=np.float64)
