"""What to know about a scored kernel, and about a choice made from it, before trusting either."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from delift_core.data.near_duplicates import repeats
from delift_core.scoring.kernel import Measure, UtilityKernel
from delift_core.selection.rank_correlation import correlation_text, spearman


@dataclass(frozen=True)
class Trust:
    """Figures over the pairs of two different examples.

    Shares are of the scored pairs, but `left_out` of all pairs and `unscored` of those requested.
    """

    mean: float
    negative: float  # showing the example made the response less likely
    truncated: float  # the pair did not fit the window
    unscored: float  # nothing of the pair could be scored
    left_out: float  # the plan did not request the pair
    length_correlation: float  # Spearman, of mean utility as shown example with response tokens


def trust(kernel: UtilityKernel, tokens: ArrayLike) -> Trust:
    """The figures of a kernel; all zero where nothing was scored.

    tokens: (shown,) response tokens of the shown examples.
    """
    # (answered, shown), NaN where there is no utility; of a sparse kernel (pairs,) of the plan
    values: Any = kernel.off_diagonal(Measure.L2)
    truncated: Any = kernel.truncated
    if kernel.is_sparse:
        values, truncated = values.data, truncated.data
    scored = np.isfinite(values)
    pairs, wanted = _pairs_and_requested(kernel)
    count = max(int(scored.sum()), 1)
    return Trust(
        mean=float(values.sum(where=scored, dtype=np.float64)) / count,
        negative=int((values < 0).sum()) / count,
        truncated=int((truncated & scored).sum()) / count,
        unscored=1 - int(scored.sum()) / max(wanted, 1),
        left_out=1 - wanted / pairs if pairs else 0.0,
        length_correlation=_length_correlation(kernel.shown_means(), tokens),
    )


def _pairs_and_requested(kernel: UtilityKernel) -> tuple[int, int]:
    """How many pairs of two different examples there are, and how many were to be scored."""
    answered, shown = kernel.values.shape
    pairs, requested = answered * shown, int(kernel.requested.sum())
    if kernel.square:
        pairs -= answered
        requested -= int(kernel.requested.diagonal().sum())
    return pairs, requested


def _length_correlation(means: np.ndarray, tokens: ArrayLike) -> float:
    """Spearman, of mean utility as shown example with response tokens; 0 where there is none.

    means: (shown,), NaN where nothing was scored.
    """
    known = np.isfinite(means)  # (shown,)
    return float(np.nan_to_num(spearman(means[known], np.asarray(tokens)[known])))


@dataclass(frozen=True)
class ChoiceTrust:
    """Whether a choice follows length, and what it repeats.

    Correlations are NaN where one of the two does not vary.
    """

    # Spearman over the pool, of being chosen (1, else 0) with response tokens
    length_of_chosen: float
    # Spearman over the chosen, of rank with response tokens: below 0 longer ones came first
    length_by_rank: float
    tokens_chosen: float  # mean over the chosen
    tokens_pool: float  # mean over the pool
    repeats: tuple[tuple[int, int], ...]  # as `repeats` gives them

    @property
    def sentence(self) -> str:
        """The figures of length."""
        by_choice = correlation_text(self.length_of_chosen)
        by_rank = correlation_text(self.length_by_rank)
        return (
            f"A chosen response has {self.tokens_chosen:.1f} tokens on average, one of the pool"
            f" {self.tokens_pool:.1f}. Rank correlation (Spearman) of length with being chosen:"
            f" {by_choice}; with the rank among the chosen: {by_rank}."
        )


def choice_trust(
    chosen: np.ndarray, tokens: ArrayLike, representatives: Mapping[int, int]
) -> ChoiceTrust:
    """The figures of a choice.

    chosen: indices in order of choice.
    tokens: (pool,) response tokens.
    representatives: position -> first of its kind, of every near-duplicate in the pool, as
    `near_duplicates` gives them.
    """
    tokens = np.asarray(tokens, dtype=np.float64)  # (pool,)
    is_chosen = np.isin(np.arange(len(tokens)), chosen)  # (pool,)
    return ChoiceTrust(
        spearman(is_chosen, tokens),
        spearman(np.arange(len(chosen)), tokens[chosen]),
        float(tokens[chosen].mean()),
        float(tokens.mean()),
        tuple(repeats(np.asarray(chosen).tolist(), representatives)),
    )
