"""Consistent influence: the mean relative fall of the perplexities of others, over a column."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from delift_core.scoring.finite import means_of
from delift_core.scoring.kernel import Measure
from delift_core.scoring.sparse_kernel import shown_of, sums_and_counts
from delift_core.selection.baselines.scores import descending
from delift_core.selection.method import Method, MethodInputs, Need

STEEPNESS = 50.0  # of the logistic
CERTAIN = 0.5  # influence from which the significance is 1


@dataclass(frozen=True, eq=False)
class InfluenceSummary:
    """Influence of each shown example over the answered ones that were scored."""

    mean: np.ndarray  # (shown,)
    significance: np.ndarray  # (shown,) the mean after a logistic, in [-1, 1]
    consistency: np.ndarray  # (shown,) share above 0
    stability: np.ndarray  # (shown,) sample variance
    coverage: np.ndarray  # (shown,) share above 0.5


def by_influence(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by mean influence, highest first; columns not scored come last.

    The significance rises with the mean and is equal for many: the mean decides.
    """
    kernel = inputs.utilities()
    information: Any = kernel.off_diagonal(Measure.PMI)  # (answered, shown)
    if not kernel.is_sparse:
        return descending(influence_summary(influence_of(information)).mean)
    influence = influence_of(information.data)  # (pairs,)
    sums, counts = sums_and_counts(shown_of(information), influence, inputs.size)
    return descending(means_of(sums, counts))


def influence_of(information: np.ndarray) -> np.ndarray:
    """(PPL alone - PPL shown) / PPL alone = 1 - exp(-PMI), pair by pair."""
    return -np.expm1(-information.astype(np.float64))


def influence_summary(influence: np.ndarray) -> InfluenceSummary:
    """Mean, significance, consistency, stability and coverage of every column.

    influence: (answered, shown) relative fall of the perplexity, NaN where it was not scored.
    Shares are of the scored pairs; NaN where a column has none.
    """
    scored = np.isfinite(influence)  # (answered, shown)
    count = scored.sum(axis=0).astype(np.float64)  # (shown,)
    mean = _ratio(influence.sum(axis=0, where=scored), count)
    deviation = np.where(scored, influence - mean, 0.0)  # (answered, shown)
    significance = 2 / (1 + np.exp(-STEEPNESS * mean.clip(-CERTAIN, CERTAIN))) - 1  # (shown,)
    significance = np.where(np.abs(mean) > CERTAIN, np.sign(mean), significance)
    return InfluenceSummary(
        mean=mean,
        significance=significance,
        consistency=_ratio((scored & (influence > 0)).sum(axis=0), count),
        stability=_ratio((deviation**2).sum(axis=0), count - 1),
        coverage=_ratio((scored & (influence > CERTAIN)).sum(axis=0), count),
    )


def _ratio(sums: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """(shown,) sums / counts, NaN where the count is not above 0."""
    return np.divide(sums, counts, out=np.full(len(counts), np.nan), where=counts > 0)


CONSISTENCY = Method(
    name="consistency",
    title="Consistent influence",
    sentence="The examples that lower the perplexity of the others most, relative to theirs alone.",
    needs=(Need.KERNEL, Need.ALONE),
    cost="one forward pass for every pair of pool_pool",
    source=(
        "RICo, arXiv 2505.05327, against the example alone and not behind a random text of the same"
        " length"
    ),
    order=by_influence,
)
