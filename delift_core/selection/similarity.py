"""Checked similarities, which objectives are built from: finite and column-major.

An objective reads whole columns, one shown example's similarity to every answered one, so a column
has to lie together in memory. `UtilityKernel.similarity` hands kernels over like that; an array
that lies otherwise is copied here, once.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import UnusableSimilarity

LARGE = 1_000_000  # cells from which the compiled loops are worth importing
BLOCK = 256  # rows and columns transposed at a time: they fit the cache


@dataclass(frozen=True, eq=False)
class Similarity:
    """A finite similarity with at least one answered and one shown example.

    values is a column-major array, or a SciPy CSC array where most pairs are worth nothing. Where
    nothing is negative, no marginal gain is above its sum.
    """

    values: Any  # (answered, shown)
    sums: np.ndarray  # (shown,) sum_i s[i, j]
    has_negative: bool  # whether any s[i, j] < 0


def similarity_of(name: str, array: ArrayLike) -> Similarity:
    """A similarity checked in one read of a column-major array.

    name: for refusals. Raises UnusableSimilarity.
    """
    if hasattr(array, "tocsc"):
        return _sparse(name, array)
    values = column_major(_table(name, array))
    _check_any(name, values.shape)
    sums, has_negative = _sums_and_negative(values)
    if not np.isfinite(sums).all():
        _check_finite(name, values)
    return Similarity(values, sums, has_negative)


def aligned(
    name: str, array: ArrayLike, similarity: Similarity, may_be_empty: bool = False
) -> np.ndarray:
    """A second similarity answered by the same examples, row for row.

    Raises UnusableSimilarity.
    """
    other = _table(name, array)
    if not may_be_empty:
        _check_any(name, other.shape)
    _check_finite(name, other)
    if len(other) != similarity.values.shape[0]:
        raise UnusableSimilarity(
            f"{name} has {len(other)} answered rows and pool_pool has {similarity.values.shape[0]};"
            " score both with the same answered examples, answered in rows and shown in columns."
        )
    return other


def lifted(
    similarity: Similarity, *others: np.ndarray
) -> tuple[Similarity, tuple[np.ndarray, ...]]:
    """Rows raised by -min(0, min_j s[i, j]), and other similarities of the same rows by as much.

    Nothing is copied where nothing is negative.
    """
    if not similarity.has_negative:
        return similarity, others
    low = np.minimum(similarity.values.min(axis=1, keepdims=True), 0)  # (answered, 1)
    values = similarity.values - low  # (answered, shown)
    return Similarity(values, *_sums_and_negative(values)), tuple(other - low for other in others)


def column_major(array: np.ndarray) -> np.ndarray:
    """The same array with each column together in memory; a copy only if it lies otherwise."""
    if array.flags.f_contiguous:
        return array
    transposed = np.empty(array.shape, array.dtype, order="F")  # (answered, shown)
    for top in range(0, array.shape[0], BLOCK):
        for left in range(0, array.shape[1], BLOCK):
            part = np.s_[top : top + BLOCK, left : left + BLOCK]
            transposed[part] = array[part]
    return transposed


def _sums_and_negative(values: np.ndarray) -> tuple[np.ndarray, bool]:
    """(sum_i s[i, j], whether any s[i, j] < 0); a sum is not finite where its column is not."""
    if values.size >= LARGE:
        from delift_core.selection.lanes_numba import sums_and_negative

        return sums_and_negative(values.T)
    return values.sum(axis=0, dtype=np.float64), bool(values.min() < 0)  # (shown,), ()


def _sparse(name: str, array: Any) -> Similarity:
    """A SciPy sparse similarity in columns, rows in order, each pair once; a copy if need be."""
    values = array.tocsc()
    if values.dtype not in (np.float32, np.float64):
        values = values.astype(np.float64)
    if not values.has_canonical_format:
        values = values.copy()
        values.sum_duplicates()
    _check_any(name, values.shape)
    if not np.isfinite(values.data).all() or values.data.min(initial=0.0) < 0:
        raise UnusableSimilarity(
            f"{name} is sparse and holds a number below 0 or not finite; clip it at 0, or give a"
            " dense array."
        )
    return Similarity(values, np.asarray(values.sum(axis=0), dtype=np.float64).ravel(), False)


def _check_any(name: str, shape: tuple[int, int]) -> None:
    """There is something to answer and something to show."""
    if 0 in shape:
        raise UnusableSimilarity(
            f"{name} has {shape[0]} answered and {shape[1]} shown examples; an objective needs at"
            " least one of each."
        )


def _check_finite(name: str, array: np.ndarray) -> None:
    """Every number is one."""
    finite = np.isfinite(array)  # (answered, shown)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise UnusableSimilarity(
            f"{name} holds {array[row, column]} at answered row {row}, shown column {column}; score"
            " that pair again or put 0 there."
        )


def _table(name: str, array_like: ArrayLike) -> np.ndarray:
    """A two-dimensional array of float32 or float64; other real numbers become float64."""
    try:
        array = np.asarray(array_like)
        if array.dtype not in (np.float32, np.float64):
            array = array.astype(np.float64, casting="same_kind")
    except (TypeError, ValueError) as error:
        raise UnusableSimilarity(
            f"{name} is not an array of numbers; give a plain array, such as kernel.similarity()."
        ) from error
    if array.ndim != 2:
        raise UnusableSimilarity(
            f"{name} has {array.ndim} dimensions; give two, answered in rows and shown in columns."
        )
    return array
