"""A utility kernel of which few pairs are scored: nothing as large as (answered, shown) is made.

values, pmi and truncated are SciPy CSC arrays of the same pairs, those that the plan asks for; what
is not stored in them was not scored. A stored NaN could not be scored.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from delift_core.scoring.finite import extremes_of, means_of
from delift_core.scoring.kernel import (
    Alone,
    Indices,
    Measure,
    UtilityKernel,
)
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.scoring.transforms import Diagonal, Transform, transform_values

if TYPE_CHECKING:
    from scipy.sparse import csc_array


@dataclass(frozen=True, eq=False)
class SparseUtilityKernel(UtilityKernel):
    """How much each shown example helps with each answered one, where that was scored."""

    values: Any  # (answered, shown) CSC float32  d(alone) - d(shown), of the pairs of the plan
    pmi: Any  # (answered, shown) CSC float32
    truncated: Any  # (answered, shown) CSC bool

    @classmethod
    def from_pairs(
        cls, planes: np.ndarray, alone: Alone, square: bool, sample: PairSample
    ) -> "SparseUtilityKernel":
        """From (3, pairs), column by column: utility, information, truncated."""
        values, pmi = (with_data(sample.mask, plane) for plane in planes[:2])
        truncated = with_data(sample.mask, planes[2] == 1)
        return cls(values, pmi, truncated, alone.distance, square, sample)

    @property
    def is_sparse(self) -> bool:
        """Whether only the pairs of its plan are held."""
        return True

    @property
    def unscored(self) -> np.ndarray:
        """(shown,) bool, the examples that are shown in no pair that could be scored."""
        scored = np.isfinite(self.values.data)  # (pairs,)
        return np.bincount(shown_of(self.values)[scored], minlength=self.values.shape[1]) == 0

    def block(self, measure: Measure, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """(rows, columns) utilities of some examples, NaN where a pair was not scored."""
        values: Any = self.measured(measure)[:, columns]  # (answered, columns)
        line = np.full(values.shape[0], -1)  # (answered,) line of an example in the block
        line[rows] = np.arange(len(rows))
        lines = line[values.indices]  # (pairs,)
        inside = lines >= 0  # (pairs,)
        block = np.full((len(rows), values.shape[1]), np.nan, np.float32)  # (rows, columns)
        block[lines[inside], shown_of(values)[inside]] = values.data[inside]
        return block

    def at(self, plane: Any, answered: Indices, shown: Indices) -> np.ndarray:
        """(pairs,) what an array of the kernel holds of some pairs; nothing scored is NaN or False.

        answered, shown: both ends of each; one of them may be a single example.
        """
        size, otherwise = plane.shape[0], plane.dtype.type(0 if plane.dtype == bool else np.nan)
        columns, column = np.unique(shown, return_inverse=True)  # (columns,), (pairs,)
        part = plane[:, columns]  # (answered, columns)
        held = shown_of(part).astype(np.int64) * size + part.indices  # (held,) rising
        asked = column.astype(np.int64).reshape(np.shape(shown)) * size + answered  # (pairs,)
        position = np.searchsorted(held, asked)  # (pairs,)
        is_held = np.append(held, -1)[position] == asked  # (pairs,)
        return np.where(is_held, np.append(part.data, otherwise)[position], otherwise)

    def off_diagonal(self, measure: Measure) -> "csc_array":
        """(answered, shown) utilities, NaN on the diagonal of a square kernel where one is held."""
        values: Any = self.measured(measure)
        if not self.square:
            return values
        own = shown_of(values) == values.indices  # (pairs,)
        return with_data(values, np.where(own, np.float32(np.nan), values.data))

    def shown_means(self, measure: Measure = Measure.L2) -> np.ndarray:
        """(shown,) mean_{i != j} U[i, j] of what is scored of each shown example, else NaN."""
        values = self.off_diagonal(measure)
        return means_of(*sums_and_counts(shown_of(values), values.data, values.shape[1]))

    def extremes(self, measure: Measure) -> tuple[float, float] | None:
        """The least and the greatest utility of two different examples; None where none is."""
        return extremes_of(self.off_diagonal(measure).data)

    def imputed(self, measure: Measure) -> np.ndarray:
        """(answered,) what a pair that a plan left out counts as: the mean of its row.

        A row of which no pair was requested takes the mean of all that was scored. NaN where
        nothing is imputed.
        """
        if not self.imputes:
            return np.full(len(self.alone), np.nan, np.float32)
        values = self.off_diagonal(measure)
        sums, counts = sums_and_counts(values.indices, values.data, len(self.alone))
        means = means_of(sums, counts)  # (answered,)
        if counts.any():
            means[~is_in(values.indices, len(means))] = sums.sum() / counts.sum()
        return np.where(np.isnan(self.alone), np.nan, means).astype(np.float32)

    def transformed(
        self,
        measure: Measure,
        transform: Transform,
        scale: tuple[float, float],
        diagonal: Diagonal,
    ) -> SparseSimilarity:
        """Similarities of the scored pairs, and one of all others of each row."""
        values: Any = self.measured(measure)
        rest = transform_values(self.imputed(measure), transform, scale)  # (answered,)
        scored = with_data(values, transform_values(values.data, transform, scale))
        if self.square:
            scored = SPARSE_DIAGONALS[diagonal](scored, rest)
        return SparseSimilarity(scored, rest)


def shown_of(pairs: Any) -> np.ndarray:
    """(pairs,) the shown example of each stored pair of a CSC array."""
    return np.repeat(np.arange(pairs.shape[1], dtype=np.int32), np.diff(pairs.indptr))


def with_data(pairs: Any, data: np.ndarray) -> "csc_array":
    """A CSC array of the same pairs with other numbers; indices are shared. data: (pairs,)."""
    from scipy.sparse import csc_array

    array = csc_array((data, pairs.indices, pairs.indptr), shape=pairs.shape, copy=False)
    array.has_canonical_format = True
    return array


def is_in(indices: np.ndarray, count: int) -> np.ndarray:
    """(count,) bool, which of the numbers below count are among some indices."""
    present = np.zeros(count, bool)
    present[indices] = True
    return present


def sums_and_counts(
    groups: np.ndarray, values: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """(count,) float64 sum and (count,) number of what is finite of each group.

    groups, values: (pairs,).
    """
    finite = np.isfinite(values)  # (pairs,)
    sums = np.bincount(groups[finite], weights=values[finite], minlength=count)
    return sums, np.bincount(groups[finite], minlength=count)


def with_diagonal(similarity: Any, own: np.ndarray) -> "csc_array":
    """A square CSC array with other numbers on its diagonal, all of it stored. own: (n,)."""
    size = len(own)
    rows, columns = similarity.indices, shown_of(similarity)  # (pairs,)
    others = rows != columns  # (pairs,)
    rows, columns, data = rows[others], columns[others], similarity.data[others]
    starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=size))])  # (n + 1,)
    above = np.bincount(columns[rows < columns], minlength=size)  # (n,)
    places = starts[:-1] + above  # (n,) before which pair each example with itself belongs
    from scipy.sparse import csc_array

    filled = csc_array(
        (
            np.insert(data, places, own),
            np.insert(rows, places, np.arange(size)),
            starts + np.arange(size + 1),
        ),
        shape=similarity.shape,
    )
    filled.has_canonical_format = True
    return filled


def sparse_cap(similarity: Any, rest: np.ndarray) -> "csc_array":
    """s_ii = max over j != i of s_ij: of the stored ones, and of the rest where any is left."""
    rows, others = similarity.indices, similarity.indices != shown_of(similarity)  # (pairs,)
    best = np.full(len(rest), -np.inf, similarity.dtype)  # (n,)
    np.maximum.at(best, rows[others], similarity.data[others])
    is_left = np.bincount(rows[others], minlength=len(rest)) < len(rest) - 1  # (n,)
    best[is_left] = np.maximum(best, rest)[is_left]
    if len(rest) == 1:
        best[:] = 0.0
    return with_diagonal(similarity, best)


def sparse_mask(similarity: Any, rest: np.ndarray) -> "csc_array":
    """s_ii = 0."""
    return with_diagonal(similarity, np.zeros(len(rest), similarity.dtype))


def sparse_keep(similarity: Any, rest: np.ndarray) -> "csc_array":
    """s_ii as scored."""
    return similarity


SPARSE_DIAGONALS = {
    Diagonal.CAPPED: sparse_cap,
    Diagonal.MASKED: sparse_mask,
    Diagonal.KEPT: sparse_keep,
}
