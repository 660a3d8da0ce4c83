"""Spearman's rank correlation of two lists of numbers."""

import numpy as np

from delift_core.units import number


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of the ranks of two lists of n numbers, ties sharing their mean rank.

    NaN where one of the two does not vary.
    """
    ranks = np.array([mean_ranks(first), mean_ranks(second)])  # (2, n)
    if not ranks.size:
        return float("nan")
    spread = ranks - ranks.mean(axis=1, keepdims=True)  # (2, n)
    scale = np.sqrt((spread**2).sum(axis=1).prod())
    if not scale:
        return float("nan")
    return float((spread[0] * spread[1]).sum() / scale)


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """(n,) ranks from 1, equal values sharing the mean of theirs."""
    _, position, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum() - (counts - 1) / 2)[position]


def correlation_text(value: float) -> str:
    """A correlation with its sign, or that there is none."""
    if np.isnan(value):
        return "none, for one of the two does not vary"
    return number(value, "+.2f")
