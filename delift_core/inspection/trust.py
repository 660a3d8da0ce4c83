"""What to know about a scored kernel before trusting what is chosen from it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from delift_core.scoring.kernel import Measure, UtilityKernel, off_diagonal


@dataclass(frozen=True)
class Trust:
    """Figures over the pairs of two different examples; shares are of those that could be scored, `unscored` is of all."""

    mean: float
    negative: float                  # showing the example made the response less likely
    truncated: float                 # the pair did not fit the window
    unscored: float                  # nothing of the pair could be scored
    length_correlation: float        # Spearman, between what an example gives on average and the tokens of its response


def trust(kernel: UtilityKernel, tokens: ArrayLike) -> Trust:
    """The figures of a kernel. tokens: (shown,) response tokens of the shown examples. All zero where nothing was scored."""
    values = off_diagonal(kernel, Measure.L2)                                     # (answered, shown), NaN where there is no utility
    scored = np.isfinite(values)                                                  # (answered, shown)
    count, pairs = max(int(scored.sum()), 1), values.size - (len(values) if kernel.square else 0)
    given = np.divide(values.sum(axis=0, where=scored), scored.sum(axis=0), out=np.full(values.shape[1], np.nan), where=scored.any(axis=0))
    return Trust(mean=float(values.sum(where=scored, dtype=np.float64)) / count, negative=int((values < 0).sum()) / count,
                 truncated=int((kernel.truncated & scored).sum()) / count, unscored=1 - int(scored.sum()) / max(pairs, 1),
                 length_correlation=spearman(given[np.isfinite(given)], np.asarray(tokens)[np.isfinite(given)]))


def spearman(first: np.ndarray, second: np.ndarray) -> float:
    """Correlation of the ranks, ties sharing their mean rank; 0 where one of the two does not vary."""
    ranks = np.array([mean_ranks(first), mean_ranks(second)])                     # (2, n)
    spread = ranks - ranks.mean(axis=1, keepdims=True) if ranks.size else ranks
    scale = np.sqrt((spread ** 2).sum(axis=1).prod())
    return float((spread[0] * spread[1]).sum() / scale) if scale else 0.0


def mean_ranks(values: np.ndarray) -> np.ndarray:
    """(n,) ranks from 1, equal values sharing the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (counts.cumsum() - (counts - 1) / 2)[place]
