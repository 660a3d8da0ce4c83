"""The value of a set of examples: coverage of the answered ones, between floors and ceilings.

    f(A) = sum_i [clip(max_{j in A} s[i, j], floor_i, ceiling_i) - floor_i] + sum_{j in A} w_j

Every objective of `objectives.py` is one of these. f is monotone and submodular. Similarities are
(answered, shown); the answered rows may be a part of the pool.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidWeight
from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.selection.lanes import total
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.similarity import LARGE
from delift_core.selection.sparse_rows import best_of_rows, multiplied


@dataclass(frozen=True, eq=False)
class Objective:
    """Coverage between a floor and a ceiling per answered example, plus a modular term.

    f(A) = sum_i [clip(max_{j in A} s[i, j], floor_i, ceiling_i) - floor_i] + sum_{j in A} w_j
    """

    name: ObjectiveName
    similarity: Any  # (answered, shown) column-major array, or a SparseSimilarity
    # (shown,) float64, sum_i s[i, j]: with w_j, no marginal gain is higher; None where sparse
    sums: np.ndarray | None
    floor: np.ndarray  # (answered,) float64, what is covered before anything is chosen
    ceiling: np.ndarray  # (answered,) float64, never below the floor; inf where there is none
    modular: np.ndarray  # (shown,) float64, w_j
    parameters: Mapping[str, float] = field(default_factory=dict)
    unscored: np.ndarray | None = None  # (shown,) bool, chosen after all others; None: none is

    @property
    def size(self) -> int:
        """How many examples there are to choose from."""
        return self.similarity.shape[1]

    @property
    def is_sparse(self) -> bool:
        return isinstance(self.similarity, SparseSimilarity)

    @property
    def is_large(self) -> bool:
        """Whether the compiled loops choose: sparse ones always, others from a million cells on.

        The result is the same either way.
        """
        return self.is_sparse or self.similarity.size >= LARGE

    def column(self, index: int) -> np.ndarray:
        """s[:, j], how similar one shown example is to every answered one."""
        if self.is_sparse:
            return self.similarity.column(index)  # (answered,)
        return self.similarity[:, index]  # (answered,)

    def _clipped(self, shown: np.ndarray | slice) -> np.ndarray:
        """clip(max_j s[i, j], floor_i, ceiling_i) over one shown example or more."""
        if self.is_sparse:
            best = best_of_rows(self.similarity, shown)  # (answered,)
        else:
            best = self.similarity[:, shown].max(axis=1)  # (answered, shown) -> (answered,)
        return np.clip(best, self.floor, self.ceiling)  # (answered,)

    def coverage(self, chosen: Iterable[int]) -> np.ndarray:
        """What a chosen set covers of each answered example.

        clip(max_{j in A} s[i, j], floor_i, ceiling_i), (answered,); the floor for none.
        """
        indices = _distinct(chosen)
        if not len(indices):
            return self.floor
        return self._clipped(indices)  # (answered,)

    def value(self, chosen: Iterable[int]) -> float:
        """f(A) from scratch: sum_i (coverage_i - floor_i) + sum_{j in A} w_j."""
        indices = _distinct(chosen)
        return float((self.coverage(indices) - self.floor).sum() + self.modular[indices].sum())

    @cached_property
    def whole(self) -> float:
        """f(pool), the value of choosing everything.

        sum_i [clip(max_j s[i, j], floor_i, ceiling_i) - floor_i] + sum_j w_j.
        """
        return float((self._clipped(slice(None)) - self.floor).sum() + self.modular.sum())

    def gain(self, index: int, coverage: np.ndarray) -> float:
        """Marginal gain of one shown example j.

        sum_i [clip(s[i, j], coverage_i, ceiling_i) - coverage_i] + w_j.
        """
        return float(total(self.covered(index, coverage) - coverage)) + float(self.modular[index])

    def covered(self, index: int, coverage: np.ndarray) -> np.ndarray:
        """Coverage once example j is chosen too: clip(s[i, j], coverage_i, ceiling_i)."""
        # (answered,); np.clip takes twice as long
        return np.minimum(np.maximum(self.column(index), coverage), self.ceiling)


def weighted(objective: Objective, weights: ArrayLike) -> Objective:
    """The same objective with every answered row counted w_i times.

    clip(w s, w floor, w ceiling) = w clip(s, floor, ceiling); the modular term is one of shown
    examples and stays. weights: (answered,) finite, 0 or more; a row of weight 0 counts for
    nothing. float32 similarities become float64, which holds their products exactly.

    Raises InvalidWeight.
    """
    row_weights = _checked_row_weights(objective, weights)  # (answered,)
    if objective.is_sparse:
        similarity, sums = multiplied(objective.similarity, row_weights), None
    else:
        similarity = objective.similarity * row_weights[:, None]  # (answered, shown)
        sums = similarity.sum(axis=0, dtype=np.float64)  # (shown,)
    ceiling = np.zeros_like(row_weights)  # (answered,): 0 times no ceiling is 0
    np.multiply(objective.ceiling, row_weights, out=ceiling, where=row_weights > 0)
    return replace(
        objective,
        similarity=similarity,
        sums=sums,
        floor=objective.floor * row_weights,
        ceiling=ceiling,
    )


def _checked_row_weights(objective: Objective, weights: ArrayLike) -> np.ndarray:
    """(answered,) finite weights of 0 or more."""
    array = np.asarray(weights, dtype=np.float64)  # (answered,)
    fits = array.shape == objective.floor.shape
    if fits and np.isfinite(array).all() and (array >= 0).all():
        return array
    raise InvalidWeight(
        f"weights: give one finite number of 0 or more for each of the {len(objective.floor):,}"
        " answered examples."
    )


def _distinct(chosen: Iterable[int]) -> np.ndarray:
    """A set of indices as an array: f counts each example once."""
    return np.unique(np.fromiter(chosen, dtype=np.int64))  # (chosen,)
