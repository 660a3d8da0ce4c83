"""Squared maximum mean discrepancy: how far the chosen are from being distributed as others are."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit


def mmd_to_pool(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) biased MMD^2 of each set to the pool that it is a part of."""
    kernel = inputs.pool_rbf  # (pool, pool)
    means = kernel.mean(axis=1, dtype=np.float64)  # (pool,)
    return np.array([subset_mmd(kernel, means, chosen) for chosen in rows])  # (sets,)


def subset_mmd(kernel: np.ndarray, means: np.ndarray, chosen: np.ndarray) -> float:
    """mean k(a, a') - 2 mean k(a, x) + mean k(x, x'), a in the subset, x in the whole.

    The biased estimate, 0 for the whole. kernel: (n, n); means: (n,) of its rows.
    """
    within = kernel[np.ix_(chosen, chosen)].mean(dtype=np.float64)
    return float(within - 2 * means[chosen].mean() + means.mean())


def mmd_to_target(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) unbiased MMD^2 of each set to the target; NaN for a set or a target of one."""
    pool, target = inputs.pool_rbf, inputs.within_target_rbf  # (pool, pool), (target, target)
    between = inputs.target_rbf  # (pool, target)
    return np.array(
        [disjoint_mmd(pool[np.ix_(chosen, chosen)], target, between[chosen]) for chosen in rows]
    )  # (sets,)


def disjoint_mmd(first: np.ndarray, second: np.ndarray, between: np.ndarray) -> float:
    """mean_{a != a'} k(a, a') + mean_{b != b'} k(b, b') - 2 mean k(a, b) of two disjoint sets.

    The unbiased estimate, which may be below 0. first: (a, a); second: (b, b); between: (a, b).
    """
    within = off_diagonal_mean(first) + off_diagonal_mean(second)
    return within - 2 * float(between.mean(dtype=np.float64))


def off_diagonal_mean(kernel: np.ndarray) -> float:
    """The mean of a square kernel without its diagonal; NaN where nothing else is there."""
    size = len(kernel)
    if size < 2:
        return float("nan")
    sums = kernel.sum(dtype=np.float64) - np.trace(kernel, dtype=np.float64)
    return float(sums / (size * (size - 1)))


MMD_TO_POOL = SetMeasure(
    name="mmd_pool",
    title="MMD² to the pool",
    sentence=(
        "Squared maximum mean discrepancy of the chosen embeddings to all of the pool's, RBF"
        " kernel as wide as the median distance; 0 where they are distributed alike."
    ),
    unit=Unit.NUMBER,
    better=Better.LOWER,
    basis=(Basis.POOL_ALONE,),
    values=mmd_to_pool,
    optimised_by=("herding",),
)
MMD_TO_TARGET = SetMeasure(
    name="mmd_target",
    title="MMD² to the target",
    sentence=(
        "Squared maximum mean discrepancy of the chosen embeddings to the target's, RBF kernel as"
        " wide as the median distance in the pool; an unbiased estimate, which may be below 0."
    ),
    unit=Unit.NUMBER,
    better=Better.LOWER,
    basis=(Basis.POOL_ALONE, Basis.TARGET_ALONE),
    values=mmd_to_target,
)
