"""How far a choice reaches when only some answered rows were sampled: estimated on rows it was not
chosen by, with an error bar.

A choice fits the rows it was made from, so its share among them says too much about the others.
What it covers of a sampled row counts once, for that row; the rows it stands for count with what a
choice made without it covers of it. That choice is made from slightly fewer rows, so the estimate
is rather low than high; the interval, measured, is rather too narrow (benchmarks/PLANS.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from delift_core.selection.objective import Objective, weighted

FOLDS = 10
INSIDE = 0.975  # of Student's distribution below the upper bound: 95 % lie between the two


@dataclass(frozen=True)
class CoverageEstimate:
    """A share of what the whole pool reaches, its standard error, and from how many differences
    between rows that comes.
    """

    share: float
    error: float
    degrees: int

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval of Student's distribution, within 0 and 1."""
        from scipy.special import stdtrit

        width = float(stdtrit(self.degrees, INSIDE)) * self.error if self.error else 0.0
        return max(self.share - width, 0.0), min(self.share + width, 1.0)


def estimate_coverage(
    objective: Objective,
    chosen: np.ndarray,
    stratum: np.ndarray,
    weights: np.ndarray,
    choose: Callable[[Objective], np.ndarray],
) -> CoverageEstimate:
    """The reach of a choice from sampled rows.

    objective: weighted already; stratum, weights: (answered,), as they were drawn.

    c_i = (w_i c_i(A) + (w_i - 1) w_i c_i(A without i)) / w_i. choose: what is chosen by an
    objective, under the budget and constraints at hand.
    """
    rows = np.flatnonzero(weights)  # (sampled,)
    # stratum after stratum: a fold takes at most a part of each
    rows = rows[np.argsort(stratum[rows], kind="stable")]
    fold = np.arange(len(rows)) % min(FOLDS, len(rows))  # (sampled,)
    # (answered,) weighted, 0 outside the sample
    covered = objective.coverage(chosen) - objective.floor
    for one in range(fold.max() + 1):
        left_out = rows[fold == one]
        others = choose(weighted(objective, ~np.isin(np.arange(len(weights)), left_out)))
        apart = (objective.coverage(others) - objective.floor)[left_out]  # (left out,)
        covered[left_out] = (covered[left_out] + (weights[left_out] - 1) * apart) / weights[
            left_out
        ]
    whole = objective.coverage(np.arange(objective.size)) - objective.floor  # (answered,)
    return ratio(
        covered,
        whole,
        stratum,
        weights,
        float(objective.modular[chosen].sum()),
        float(objective.modular.sum()),
    )


def ratio(
    covered: np.ndarray,
    whole: np.ndarray,
    stratum: np.ndarray,
    weights: np.ndarray,
    own: float = 0.0,
    all_own: float = 0.0,
) -> CoverageEstimate:
    """R = (sum_i w_i c_i + own) / (sum_i w_i t_i + all_own), with the standard error of a ratio
    under stratified sampling.

    se = sqrt(sum_h N_h^2 (1 - n_h / N_h) s_h^2 / n_h) / denominator, s_h^2 the variance of c_i - R
    t_i in stratum h. covered, whole: (answered,) w_i c_i and w_i t_i, 0 outside the sample; strata
    of which every row was sampled add no error.
    """
    denominator = whole.sum() + all_own
    groups = np.unique(stratum[weights > 0])  # (strata,)
    degrees = max(int((weights > 0).sum()) - len(groups), 1)
    if denominator <= 0:
        return CoverageEstimate(0.0, 0.0, degrees)
    share, variance = (covered.sum() + own) / denominator, 0.0
    for one in groups:
        drawn, size = (stratum == one) & (weights > 0), (stratum == one).sum()  # (answered,), ()
        # (), (drawn,)
        count, left = drawn.sum(), ((covered - share * whole)[drawn] / weights[drawn])
        spread = left.var(ddof=1) if count > 1 else 0.0
        variance += size**2 * (1 - count / size) * spread / count
    return CoverageEstimate(float(share), float(np.sqrt(variance) / denominator), degrees)
