"""Coverage of a selection when only some answered rows were sampled, with an error bar.

A selection fits the rows it was made from, so its coverage among them says too much about the
others. What it covers of a sampled row counts once, for that row; the rows it stands for count with
what a selection made without it covers of it. That selection is made from slightly fewer rows, so
the estimate is rather low than high; the interval, measured, is rather too narrow
(benchmarks/PLANS.md).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from delift_core.selection.objective import Objective, weighted

FOLDS = 10
QUANTILE = 0.975  # of Student's distribution: 95 % lie between the two bounds


@dataclass(frozen=True)
class CoverageEstimate:
    """An estimate of f(A) / f(pool), with its error."""

    coverage: float
    error: float  # standard error
    degrees: int  # of freedom: differences between rows that the error comes from

    @property
    def bounds(self) -> tuple[float, float]:
        """The 95 % interval of Student's distribution, within 0 and 1."""
        from scipy.special import stdtrit

        width = 0.0
        if self.error:
            width = float(stdtrit(self.degrees, QUANTILE)) * self.error
        return max(self.coverage - width, 0.0), min(self.coverage + width, 1.0)


@dataclass(frozen=True, eq=False)
class SampledRows:
    """Answered rows drawn by strata, and how many rows each stands for."""

    stratum: np.ndarray  # (answered,) int64
    weights: np.ndarray  # (answered,) 0 for a row that was not sampled

    @property
    def is_sampled(self) -> np.ndarray:
        """(answered,) bool."""
        return self.weights > 0

    def folds(self) -> list[np.ndarray]:
        """The sampled rows in at most ten parts, each with at most a part of every stratum."""
        rows = np.flatnonzero(self.is_sampled)  # (sampled,)
        rows = rows[np.argsort(self.stratum[rows], kind="stable")]
        return [rows[start::FOLDS] for start in range(min(FOLDS, len(rows)))]


def estimate_coverage(
    objective: Objective,
    chosen: np.ndarray,
    sample: SampledRows,
    choose: Callable[[Objective], np.ndarray],
) -> CoverageEstimate:
    """The coverage of a selection from sampled rows.

    c_i = (w_i c_i(A) + (w_i - 1) w_i c_i(A without i)) / w_i

    objective: weighted by the sample already.
    chosen: (chosen,) A.
    choose: what is chosen by an objective, under the budget and constraints of A.
    """
    weights = sample.weights
    # (answered,) w_i c_i, 0 outside the sample
    covered = objective.coverage(chosen) - objective.floor
    for rows in sample.folds():
        rest = np.ones(len(weights), dtype=bool)  # (answered,)
        rest[rows] = False
        without = choose(weighted(objective, rest))
        covered_without = (objective.coverage(without) - objective.floor)[rows]  # (rows,)
        others = (weights[rows] - 1) * covered_without  # (rows,)
        covered[rows] = (covered[rows] + others) / weights[rows]
    whole = objective.coverage(np.arange(objective.size)) - objective.floor  # (answered,)
    modular = float(objective.modular[chosen].sum())
    return ratio(covered, whole, sample, modular, float(objective.modular.sum()))


def ratio(
    covered: np.ndarray,
    whole: np.ndarray,
    sample: SampledRows,
    modular: float = 0.0,
    modular_whole: float = 0.0,
) -> CoverageEstimate:
    """R = (sum_i w_i c_i + modular) / (sum_i w_i t_i + modular_whole), with its standard error.

    se = sqrt(sum_h N_h^2 (1 - n_h / N_h) s_h^2 / n_h) / denominator, that of a ratio under
    stratified sampling; s_h^2 is the variance of c_i - R t_i in stratum h. Strata of which every
    row was sampled add no error.

    covered, whole: (answered,) w_i c_i and w_i t_i, 0 outside the sample.
    """
    denominator = whole.sum() + modular_whole
    strata = np.unique(sample.stratum[sample.is_sampled])  # (strata,)
    degrees = max(int(sample.is_sampled.sum()) - len(strata), 1)
    if denominator <= 0:
        return CoverageEstimate(0.0, 0.0, degrees)
    coverage = (covered.sum() + modular) / denominator
    residuals = covered - coverage * whole  # (answered,) w_i (c_i - R t_i)
    variance = sum(_stratum_variance(residuals, sample, stratum) for stratum in strata)
    return CoverageEstimate(float(coverage), float(np.sqrt(variance) / denominator), degrees)


def _stratum_variance(residuals: np.ndarray, sample: SampledRows, stratum: int) -> float:
    """N_h^2 (1 - n_h / N_h) s_h^2 / n_h of one stratum; 0 where one row was sampled."""
    members = sample.stratum == stratum  # (answered,)
    rows = members & sample.is_sampled  # (answered,)
    size, count = int(members.sum()), int(rows.sum())
    if count == 1:
        return 0.0
    spread = (residuals[rows] / sample.weights[rows]).var(ddof=1)  # s_h^2
    return float(size**2 * (1 - count / size) * spread / count)
