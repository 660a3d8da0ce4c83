"""Checked similarities, which objectives are built from: finite and column-major.

An objective reads whole columns, one shown example's similarity to every answered one, so a column
has to lie together in memory. `UtilityKernel.similarity` hands kernels over like that; an array
that lies otherwise is copied here, once. A SciPy sparse array is a `SparseSimilarity` whose rests
are 0.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import UnusableSimilarity
from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.selection.sparse_rows import lowest_of_rows, raised

LARGE = 1_000_000  # cells from which the compiled loops are worth importing
BLOCK = 256  # rows and columns transposed at a time: they fit the cache


@dataclass(frozen=True, eq=False)
class Similarity:
    """A finite similarity with at least one answered and one shown example.

    Where nothing is negative, no marginal gain is above its sum.
    """

    values: np.ndarray | SparseSimilarity  # (answered, shown), an array is column-major
    sums: np.ndarray | None  # (shown,) sum_i s[i, j]; None where sparse
    has_negative: bool  # whether any s[i, j] < 0


def similarity_of(name: str, array: ArrayLike | SparseSimilarity) -> Similarity:
    """A similarity checked in one read of a column-major array.

    name: for refusals. Raises UnusableSimilarity.
    """
    if _is_sparse(array):
        few = _sparse_table(name, array)
        _check_any(name, few.shape)
        return Similarity(few, None, _has_negative(few))
    values = column_major(_table(name, array))
    _check_any(name, values.shape)
    sums, has_negative = _sums_and_negative(values)
    if not np.isfinite(sums).all():
        _check_finite(name, values)
    return Similarity(values, sums, has_negative)


def aligned(
    name: str,
    array: ArrayLike | SparseSimilarity,
    similarity: Similarity,
    may_be_empty: bool = False,
) -> np.ndarray | SparseSimilarity:
    """A second similarity answered by the same examples, row for row.

    Raises UnusableSimilarity.
    """
    other: np.ndarray | SparseSimilarity
    if _is_sparse(array):
        other = _sparse_table(name, array)
    else:
        other = _table(name, array)
        _check_finite(name, other)
    if not may_be_empty:
        _check_any(name, other.shape)
    answered = similarity.values.shape[0]
    if other.shape[0] != answered:
        raise UnusableSimilarity(
            f"{name} has {other.shape[0]} answered rows and pool_pool has {answered};"
            " score both with the same answered examples, answered in rows and shown in columns."
        )
    return other


def lifted(
    similarity: Similarity, *others: np.ndarray | SparseSimilarity
) -> tuple[Similarity, tuple[np.ndarray | SparseSimilarity, ...]]:
    """Rows raised by -min(0, min_j s[i, j]), and other similarities of the same rows by as much.

    Nothing is copied where nothing is negative.
    """
    if not similarity.has_negative:
        return similarity, others
    lift = np.maximum(-_lowest_of_rows(similarity.values), 0)  # (answered,)
    values = _raised(similarity.values, lift)  # (answered, shown)
    sums = None
    if isinstance(values, np.ndarray):
        sums, _ = _sums_and_negative(values)
    return Similarity(values, sums, False), tuple(_raised(other, lift) for other in others)


def _lowest_of_rows(values: np.ndarray | SparseSimilarity) -> np.ndarray:
    """(answered,) min_j s[i, j]."""
    if isinstance(values, SparseSimilarity):
        return lowest_of_rows(values)
    return values.min(axis=1)


def _raised(
    values: np.ndarray | SparseSimilarity, lift: np.ndarray
) -> np.ndarray | SparseSimilarity:
    """s[i, j] + lift_i. lift: (answered,)"""
    if isinstance(values, SparseSimilarity):
        return raised(values, lift)
    return values + lift[:, None]


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


def _is_sparse(array: object) -> bool:
    """Whether an array is a sparse similarity, or a SciPy sparse array of any layout."""
    return isinstance(array, SparseSimilarity) or hasattr(array, "tocsc")


def _sparse_table(name: str, array: Any) -> SparseSimilarity:
    """A finite sparse similarity: columns with rows in order, each pair once; a copy if need be."""
    if not isinstance(array, SparseSimilarity):
        array = SparseSimilarity(array.tocsc(), np.zeros(array.shape[0], np.float32))
    scored = array.scored
    if scored.dtype not in (np.float32, np.float64):
        scored = scored.astype(np.float64)
    if not scored.has_canonical_format:
        scored = scored.copy()
        scored.sum_duplicates()
    rest = np.asarray(array.rest, dtype=scored.dtype)  # (answered,)
    _check_rest(name, rest, scored.shape[0])
    _check_stored(name, scored)
    return SparseSimilarity(scored, rest)


def _has_negative(similarity: SparseSimilarity) -> bool:
    """Whether anything scored or any rest is below 0."""
    lowest = min(similarity.scored.data.min(initial=0.0), similarity.rest.min())
    return bool(lowest < 0)


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


def _check_rest(name: str, rest: np.ndarray, answered: int) -> None:
    """There is one finite rest a row."""
    if rest.shape == (answered,) and np.isfinite(rest).all():
        return
    raise UnusableSimilarity(
        f"{name} is sparse and its rests are not one finite number for each of its"
        f" {answered} answered rows; give 0 where nothing is imputed."
    )


def _check_stored(name: str, scored: Any) -> None:
    """Every number that a sparse array stores is one."""
    finite = np.isfinite(scored.data)  # (scored,)
    if not finite.all():
        position = int(np.argmin(finite))
        column = int(np.searchsorted(scored.indptr, position, side="right")) - 1
        raise UnusableSimilarity(
            f"{name} holds {scored.data[position]} at answered row {scored.indices[position]},"
            f" shown column {column}; score that pair again or put 0 there."
        )


def _table(name: str, array_like: Any) -> np.ndarray:
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
