"""Losses of tuned models on held-out examples -> by how much a selection beats random ones.

    difference   delta_i = mean_s L[selection, s, i] - mean_{r, s} L[random r, s, i]     < 0: better

s are training seeds, r random selections, i held-out examples. All three are samples: another seed,
another random selection, another held-out example would have given another number. The standard
error adds the three variances; the interval is that of a bootstrap which draws all three anew, or
the t interval where that is wider (Miller, arXiv 2411.00640; Hesterberg, 2015, for the expanded
percentiles of few seeds).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

DRAWS = 10_000
LEVEL = 0.95  # of intervals
DETECTABLE = 2.8  # standard errors: found in 80 % of experiments at a level of 5 %


@dataclass(frozen=True, eq=False)
class Losses:
    """Losses of one arm: models tuned on one or several selections, measured example by example."""

    values: np.ndarray  # (selections, seeds, examples) mean NLL of the response in nats

    @property
    def by_selection(self) -> np.ndarray:
        """(selections, examples) mean over the seeds."""
        return self.values.mean(axis=1)

    @property
    def by_example(self) -> np.ndarray:
        """(examples,) mean over selections and seeds."""
        return self.values.mean(axis=(0, 1))

    @property
    def models(self) -> np.ndarray:
        """(models,) mean loss of each tuned model, one selection after another."""
        return self.values.mean(axis=2).ravel()

    @property
    def runs(self) -> np.ndarray:
        """(runs,) mean loss of each selection, of each seed where there is but one selection."""
        if len(self.values) == 1:
            return self.values[0].mean(axis=1)
        return self.by_selection.mean(axis=1)


@dataclass(frozen=True, eq=False)
class Difference:
    """How two arms differ on the same held-out examples, in nats; negative: the first is better."""

    per_example: np.ndarray  # (examples,)
    low: float  # of the 95 % interval of the mean
    high: float
    standard_error: float  # over seeds, random selections and examples
    example_error: float  # over examples, or clusters of them, alone (cr1)

    def __neg__(self) -> "Difference":
        """The same, of the other arm beside this one."""
        ends = -self.high, -self.low
        return Difference(-self.per_example, *ends, self.standard_error, self.example_error)

    @property
    def mean(self) -> float:
        """Mean difference over the examples."""
        return float(self.per_example.mean())

    @property
    def improved(self) -> float:
        """Share of the examples with a lower loss."""
        return float((self.per_example < 0).mean())

    @property
    def detectable(self) -> float:
        """The smallest difference that an experiment of this size finds in four of five cases."""
        return DETECTABLE * self.standard_error

    @property
    def is_detected(self) -> bool:
        """Whether the interval leaves 0 out."""
        return self.low > 0 or self.high < 0


def difference(
    arm: Losses, other: Losses, clusters: Sequence[Hashable] | None = None, seed: int = 0
) -> Difference:
    """By how much an arm's loss differs from another's, example by example.

    clusters: (examples,) the group of each; examples of a group are drawn together.
    """
    per_example = arm.by_example - other.by_example  # (examples,)
    owner = cluster_numbers(clusters, len(per_example))
    example_error = clustered_error(per_example, owner)
    error, freedom = total_error(arm, other, example_error, owner)
    draws = bootstrap(arm, other, owner, seed)  # (draws,)
    low, high = interval_of(draws, float(per_example.mean()), error, freedom)
    return Difference(per_example, low, high, error, example_error)


def noise_floor(random: Losses) -> float:
    """Standard deviation over random selections of their mean loss: what chance alone does."""
    return float(random.runs.std(ddof=1))


def cluster_numbers(clusters: Sequence[Hashable] | None, size: int) -> np.ndarray:
    """(examples,) the cluster of each from 0 on; without clusters each is its own."""
    if clusters is None:
        return np.arange(size)
    return np.unique(np.asarray(clusters), return_inverse=True)[1]


def clustered_error(per_example: np.ndarray, owner: np.ndarray) -> float:
    """Standard error of a mean over clusters of examples (cr1).

    sqrt(sum_g (sum_{i in g} (d_i - mean))^2) / n  sqrt(G / (G - 1)); NaN for a single cluster.
    """
    residuals = per_example - per_example.mean()  # (examples,)
    sums = np.bincount(owner, residuals)  # (clusters,)
    groups = len(sums)
    if groups < 2:
        return float("nan")
    return float(np.sqrt((sums**2).sum() * groups / (groups - 1)) / len(per_example))


def total_error(
    arm: Losses, other: Losses, example_error: float, owner: np.ndarray
) -> tuple[float, float]:
    """(standard error, degrees of freedom) over seeds, random selections and examples.

    V = V_examples + V_arm + V_other; the degrees of freedom are Satterthwaite's.
    """
    variances = [example_error**2, mean_variance(arm), mean_variance(other)]
    freedoms = [owner.max(), len(arm.runs) - 1, len(other.runs) - 1]
    known = [(v, f) for v, f in zip(variances, freedoms) if f > 0 and v > 0]
    total = sum(v for v, _ in known)
    if not known:
        return 0.0, 1.0
    return float(np.sqrt(total)), total**2 / sum(v**2 / f for v, f in known)


def mean_variance(arm: Losses) -> float:
    """Variance of an arm's mean loss over its runs; 0 where there is but one."""
    runs = arm.runs
    if len(runs) < 2:
        return 0.0
    return float(runs.var(ddof=1) / len(runs))


def bootstrap(arm: Losses, other: Losses, owner: np.ndarray, seed: int) -> np.ndarray:
    """(draws,) mean differences with selections, seeds and examples drawn with replacement."""
    generator = np.random.default_rng(seed)
    # before the arms, so that a seed draws the same examples whatever the arms
    counts = draw_counts(generator, owner.max() + 1)[:, owner]  # (draws, examples)
    drawn = [drawn_examples(losses, generator) for losses in (arm, other)]  # (draws, examples)
    return (counts * (drawn[0] - drawn[1])).sum(axis=1) / counts.sum(axis=1)


def drawn_examples(losses: Losses, generator: np.random.Generator) -> np.ndarray:
    """(draws, examples) mean losses over selections and seeds drawn with replacement."""
    selections, seeds, examples = losses.values.shape
    chosen = draw_counts(generator, selections)  # (draws, selections)
    if seeds == 1:
        return chosen @ losses.values[:, 0] / selections
    total = np.zeros((DRAWS, examples))
    for values, times in zip(losses.values, chosen.T):  # (seeds, examples), (draws,)
        total += times[:, None] * (draw_counts(generator, seeds) @ values) / seeds
    return total / selections


def draw_counts(generator: np.random.Generator, size: int) -> np.ndarray:
    """(draws, size) how often each of so many is drawn when so many are."""
    return generator.multinomial(size, np.full(size, 1 / size), size=DRAWS)


def interval_of(
    draws: np.ndarray, mean: float, error: float, freedom: float
) -> tuple[float, float]:
    """(low, high) of a mean: at each end the farther one of bootstrap and t interval.

    mean -+ t error; a bootstrap of two or three examples or clusters never draws as far as that.
    """
    margin = t_margin(error, freedom)
    low, high = percentiles(draws, draws, margin)
    return min(low, mean - margin), max(high, mean + margin)


def t_margin(error: float, freedom: float) -> float:
    """How far from its mean a t interval ends."""
    # takes half a second, and pages name differences without working any out
    from scipy import stats

    return float(stats.t.ppf(0.5 + LEVEL / 2, freedom)) * error


def percentiles(values: np.ndarray, draws: np.ndarray, margin: float) -> tuple[float, float]:
    """(low, high) of what follows from each draw of a bootstrap, expanded for few runs.

    A bootstrap of S values has (S - 1) / S of their variance and normal tails. Percentiles are
    taken where a normal distribution of its width has the ends of the t interval:
    Phi(-+ margin / sd).
    """
    spread = draws.std(ddof=1)
    if spread == 0:
        return float(values.min()), float(values.max())
    level = NormalDist().cdf(margin / spread)
    low, high = np.quantile(values, [1 - level, level])
    return float(low), float(high)


def way_to(
    arm: Losses,
    other: Losses,
    goal: Losses,
    clusters: Sequence[Hashable] | None = None,
    seed: int = 0,
) -> tuple[float, float, float]:
    """(share, low, high): how much of the way from `other` to `goal` an arm goes.

    share = (L[other] - L[arm]) / (L[other] - L[goal]); NaN where the goal is not surely better than
    `other`, so that a share has no meaning.
    """
    gain, whole_gain = (np.mean(other.by_example - losses.by_example) for losses in (arm, goal))
    if not difference(goal, other, clusters, seed).high < 0:
        return float("nan"), float("nan"), float("nan")
    owner = cluster_numbers(clusters, arm.values.shape[2])
    example_error = clustered_error(other.by_example - arm.by_example, owner)
    margin = t_margin(*total_error(other, arm, example_error, owner))
    gained = bootstrap(other, arm, owner, seed)  # (draws,)
    whole = bootstrap(other, goal, owner, seed)  # (draws,) over the same examples
    low, high = percentiles(gained / whole, gained, margin)
    return float(gain / whole_gain), float(low), float(high)
