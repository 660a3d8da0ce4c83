"""Squared maximum mean discrepancy: how far the chosen are from being distributed as others are."""

import numpy as np
from numpy.typing import ArrayLike

from delift_core.comparison.inputs import BLOCK, Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit


def mmd_to_pool(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) biased MMD^2 of each set to the pool that it is a part of."""
    return biased_mmd(inputs.pool_rbf, rows)


def mmd_to_target(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) unbiased MMD^2 of each set to the target; NaN for a set or a target of one."""
    return unbiased_mmd(inputs.pool_rbf, inputs.within_target_rbf, inputs.target_rbf, rows)


def biased_mmd(kernel: np.ndarray, rows: RowSets) -> np.ndarray:
    """(sets,) mean k(a, a') - 2 mean k(a, x) + mean k(x, x'), a in each set, x in the whole.

    0 for the whole. kernel: (n, n).
    """
    means = kernel.mean(axis=1, dtype=np.float64)  # (n,)
    sizes = np.array([len(chosen) for chosen in rows])  # (sets,)
    within = pair_sums(kernel, rows) / sizes**2  # (sets,)
    between = np.array([means[chosen].mean() for chosen in rows])  # (sets,)
    return within - 2 * between + means.mean()


def unbiased_mmd(
    kernel: np.ndarray, target: np.ndarray, between: np.ndarray, rows: RowSets
) -> np.ndarray:
    """(sets,) mean_{a != a'} k(a, a') + mean_{b != b'} k(b, b') - 2 mean k(a, b).

    a of each set, b of a target that shares nothing with it; may be below 0.

    kernel: (n, n); target: (m, m); between: (n, m).
    """
    diagonal = kernel.diagonal().astype(np.float64)  # (n,)
    traces = np.array([diagonal[chosen].sum() for chosen in rows])  # (sets,)
    sizes = np.array([len(chosen) for chosen in rows])  # (sets,)
    within = off_diagonal_mean(pair_sums(kernel, rows), traces, sizes)  # (sets,)
    whole = off_diagonal_mean(target.sum(dtype=np.float64), np.trace(target), len(target))
    means = between.mean(axis=1, dtype=np.float64)  # (n,)
    return within + whole - 2 * np.array([means[chosen].mean() for chosen in rows])


def off_diagonal_mean(sums: ArrayLike, traces: ArrayLike, sizes: ArrayLike) -> np.ndarray:
    """(sum k(a, a') - sum k(a, a)) / (n (n - 1)) of sets of n; NaN for a set of one."""
    pairs = np.multiply(sizes, np.subtract(sizes, 1))
    return np.subtract(sums, traces) / np.where(pairs, pairs, np.nan)


def pair_sums(kernel: np.ndarray, rows: RowSets) -> np.ndarray:
    """(sets,) sum_{a, a' in A} k(a, a') of each set A, as 1_A' K 1_A. kernel: (n, n)."""
    members = np.zeros((len(kernel), len(rows)))  # (n, sets)
    for position, chosen in enumerate(rows):
        members[chosen, position] = 1
    sums = np.zeros(len(rows))  # (sets,)
    for start in range(0, len(kernel), BLOCK):
        block = slice(start, start + BLOCK)
        products = kernel[block].astype(np.float64) @ members  # (block, sets)
        sums += (members[block] * products).sum(axis=0)
    return sums


MMD_TO_POOL = SetMeasure(
    name="mmd_pool",
    title="MMD² to the pool",
    sentence=(
        "Squared maximum mean discrepancy of the chosen embeddings to all of the pool's, RBF"
        " kernel as wide as the median distance; 0 where they are distributed alike."
    ),
    unit=Unit.NUMBER,
    better=Better.LOWER,
    basis=(Basis.POOL_ALONE, Basis.POOL_PAIRS),
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
    basis=(Basis.POOL_ALONE, Basis.POOL_PAIRS, Basis.TARGET_ALONE),
    values=mmd_to_target,
)
