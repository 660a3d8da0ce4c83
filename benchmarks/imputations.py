"""Other ways to impute the pairs that a plan leaves out: kernel with gaps -> (n, n) values."""

from collections.abc import Callable

import numpy as np

from benchmarks.reference_kernels import ReferenceKernel
from benchmarks.surrogates import linear, network
from delift_core.scoring.imputation import row_means
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.pair_sampling import cosine_strips

Imputation = Callable[[ReferenceKernel, UtilityKernel], np.ndarray]
ROUNDS = 15  # of least squares by turns


def likeness(reference: ReferenceKernel) -> np.ndarray:
    """(n, n) cosines of the embeddings without their mean, 0 on the diagonal."""
    parts = [strip for _, strip in cosine_strips(reference.embedding, reference.embedding, True)]
    whole = np.concatenate(parts, axis=1)
    return np.where(np.isfinite(whole), whole, 0.0)


def zeros(reference: ReferenceKernel, kernel: UtilityKernel) -> np.ndarray:
    """No utility where no pair was scored."""
    return np.zeros(kernel.values.shape)


def rows_and_columns(
    reference: ReferenceKernel,
    kernel: UtilityKernel,
    like: np.ndarray | None = None,
    shrink: float = 2.0,
) -> np.ndarray:
    """U = g + r_i + c_j + b * likeness by least squares in turns, rows and columns drawn towards 0.

    like: (n, n); without it b is 0.
    """
    known = kernel.requested & np.isfinite(kernel.values)  # (n, n)
    if like is None:
        like = np.zeros(known.shape)
    row, column = np.zeros(reference.size), np.zeros(reference.size)  # (n,) each
    slope = level = 0.0
    for _ in range(ROUNDS):
        residual = np.where(known, kernel.values - level - slope * like, 0.0)  # (n, n)
        row = (residual - known * column).sum(axis=1) / (known.sum(axis=1) + shrink)
        column = (residual - known * row[:, None]).sum(axis=0) / (known.sum(axis=0) + shrink)
        rest = (kernel.values - row[:, None] - column)[known]  # (known,)
        slope = slope_of(like[known], rest)
        level = float((rest - slope * like[known]).mean())
    return level + row[:, None] + column + slope * like


def slope_of(like: np.ndarray, values: np.ndarray) -> float:
    """The slope of a regression of values on the likeness, 0 where there is none."""
    if not like.any():
        return 0.0
    return float(np.cov(like, values)[0, 1] / like.var(ddof=1))


def rows_columns_and_likeness(reference: ReferenceKernel, kernel: UtilityKernel) -> np.ndarray:
    """Effects of rows, columns and likeness."""
    return rows_and_columns(reference, kernel, likeness(reference))


def far_row_means(reference: ReferenceKernel, kernel: UtilityKernel) -> np.ndarray:
    """The mean of the pairs of a row that are not among the nearest half of it."""
    like = likeness(reference)
    far = kernel.requested & (like < np.median(like, axis=0))
    means = np.nan_to_num(row_means(kernel.values, far, True))  # (n,)
    return np.broadcast_to(means[:, None], far.shape)


def squared_errors(
    reference: ReferenceKernel, scored: list[list[UtilityKernel]], impute: Imputation
) -> np.ndarray:
    """(shares, seeds) mean squared errors on the pairs that were not scored."""
    true = reference.planes[0]  # (n, n)
    return np.array(
        [
            [((impute(reference, each) - true)[~each.requested] ** 2).mean() for each in own]
            for own in scored
        ]
    )


def rows_alone(reference: ReferenceKernel, kernel: UtilityKernel) -> np.ndarray:
    """(n, n) what a kernel does by itself: the mean of what was scored of each row."""
    means = row_means(kernel.values, kernel.requested, True)  # (n,)
    return np.broadcast_to(means[:, None], kernel.values.shape)


IMPUTATIONS: dict[str, Imputation | None] = {
    "row means": None,  # what a kernel does by itself
    "row means of the pairs that are far": far_row_means,
    "row and column effects": rows_and_columns,
    "row and column effects and likeness": rows_columns_and_likeness,
    "a line in both embeddings": linear,
    "a network of both embeddings": network,
    "nothing": zeros,
}
