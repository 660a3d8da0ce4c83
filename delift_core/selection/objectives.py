"""What a choice of examples is worth: the five objectives, all one coverage function.

    f(A) = sum_i [clip(max_{j in A} s[i, j], floor_i, ceiling_i) - floor_i] + sum_{j in A} w_j

The best of no examples is worth 0. A row with negative similarities (raw utilities) is lifted
first, with its target's and known examples' values, so that its worst shown example is worth 0: a
constant per answered row changes no choice and keeps f monotone and submodular. Similarities are
(answered, shown); the answered rows may be a part of the pool.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidWeight, UnknownObjective, UnusableSimilarity
from delift_core.selection.similarity import LARGE, Similarity, beside, lifted, similarity_of

LANES = 64  # sums run side by side in so many lanes


class ObjectiveName(StrEnum):
    """The five objectives, as they are spelled in files, on the command line and in the dashboard."""

    FACILITY_LOCATION = "facility_location"
    FLQMI = "flqmi"
    FLVMI = "flvmi"
    FLCG = "flcg"
    FLCMI = "flcmi"


@dataclass(frozen=True, eq=False)
class Objective:
    """Coverage between a floor and a ceiling per answered example, plus a modular term per shown
    one.
    """

    name: ObjectiveName
    similarity: Any  # (answered, shown) column-major array, or a SciPy CSC array
    sums: np.ndarray  # (shown,) float64, sum_i s[i, j]: with w_j, no marginal gain is higher
    floor: np.ndarray  # (answered,) float64, what is covered before anything is chosen
    ceiling: np.ndarray  # (answered,) float64, never below the floor; inf where there is none
    modular: np.ndarray  # (shown,) float64, w_j
    parameters: Mapping[str, float] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many examples there are to choose from."""
        return self.similarity.shape[1]

    @property
    def is_sparse(self) -> bool:
        return not isinstance(self.similarity, np.ndarray)

    @property
    def is_large(self) -> bool:
        """Whether the compiled loops choose: sparse ones always, others from a million cells on.

        The result is the same either way.
        """
        return self.is_sparse or self.similarity.size >= LARGE

    def column(self, index: int) -> np.ndarray:
        """s[:, j], how similar one shown example is to every answered one."""
        # (answered,)
        return (
            self.similarity[:, [index]].toarray().ravel()
            if self.is_sparse
            else self.similarity[:, index]
        )

    def _reached(self, similarity: Any) -> np.ndarray:
        """clip(max_j s[i, j], floor_i, ceiling_i) over the shown examples given; the floor where
        there are none.
        """
        if not similarity.shape[1]:
            return self.floor
        best = similarity.max(axis=1)  # (answered, shown) -> (answered,)
        # (answered,)
        return np.clip(best.toarray().ravel() if self.is_sparse else best, self.floor, self.ceiling)

    def coverage(self, chosen: Iterable[int]) -> np.ndarray:
        """What the chosen set covers of each answered example: clip(max_{j in A} s[i, j], floor_i,
        ceiling_i).
        """
        return self._reached(self.similarity[:, _distinct(chosen)])  # (answered,)

    def value(self, chosen: Iterable[int]) -> float:
        """f(A) from scratch: sum_i (coverage_i - floor_i) + sum_{j in A} w_j."""
        indices = _distinct(chosen)
        return float((self.coverage(indices) - self.floor).sum() + self.modular[indices].sum())

    @cached_property
    def whole(self) -> float:
        """f(pool), what choosing everything is worth: sum_i (clip(max_j s[i, j], floor_i,
        ceiling_i) - floor_i) + sum_j w_j.
        """
        return float((self._reached(self.similarity) - self.floor).sum() + self.modular.sum())

    def gain(self, index: int, coverage: np.ndarray) -> float:
        """Marginal gain of one shown example j: sum_i [clip(s[i, j], coverage_i, ceiling_i) -
        coverage_i] + w_j.
        """
        return total(self.covered(index, coverage) - coverage) + float(self.modular[index])

    def covered(self, index: int, coverage: np.ndarray) -> np.ndarray:
        """Coverage once example j is chosen too: clip(s[i, j], coverage_i, ceiling_i)."""
        # (answered,); np.clip takes twice as long
        return np.minimum(np.maximum(self.column(index), coverage), self.ceiling)


def total(terms: np.ndarray) -> float:
    """sum_i terms_i in one fixed order: answered example i is added to lane i mod 64, then the
    lanes are added up.

    The order is one that a compiled loop can follow at the speed of memory and that leaving out
    zeros does not change, so a gain is the same to the last bit whoever works it out.
    """
    even = len(terms) - len(terms) % LANES
    lanes = terms[:even].reshape(-1, LANES).sum(axis=0)  # (rounds, lanes) -> (lanes,)
    lanes[: len(terms) - even] += terms[even:]
    return float(np.add.accumulate(lanes)[-1])


def facility_location(pool_pool: ArrayLike) -> Objective:
    """FL f(A) = sum_{i in pool} max_{j in A} s[i, j]: floor 0, no ceiling."""
    return _objective(
        ObjectiveName.FACILITY_LOCATION, *lifted(similarity_of("pool_pool", pool_pool))
    )


def flqmi(target_pool: ArrayLike, eta: float = 1.0) -> Objective:
    """FLQMI f(A) = sum_{q in target} max_{j in A} s[q, j] + eta * sum_{j in A} max_q s[q, j]: w_j =
    eta * max_q s[q, j].
    """
    similarity = similarity_of("target_pool", target_pool)
    weights = {"eta": checked_weight("eta", eta)}
    modular = weights["eta"] * _best(similarity.values, axis=0)  # (shown,)
    return _objective(ObjectiveName.FLQMI, *lifted(similarity), modular=modular, parameters=weights)


def flvmi(pool_pool: ArrayLike, pool_target: ArrayLike, eta: float = 1.0) -> Objective:
    """FLVMI f(A) = sum_{i in pool} min(max_{j in A} s[i, j], eta * max_q s[i, q]): ceiling_i = eta
    * max_q s[i, q].
    """
    similarity = similarity_of("pool_pool", pool_pool)
    similarity, target = lifted(similarity, beside("pool_target", pool_target, similarity))
    weights = {"eta": checked_weight("eta", eta)}
    return _objective(
        ObjectiveName.FLVMI,
        similarity,
        ceiling=weights["eta"] * _best(target, axis=1),
        parameters=weights,
    )


def flcg(pool_pool: ArrayLike, pool_known: ArrayLike, nu: float = 1.0) -> Objective:
    """FLCG f(A) = sum_{i in pool} max(max_{j in A} s[i, j] - nu * max_k s[i, k], 0): floor_i = nu *
    max_k s[i, k].
    """
    similarity = similarity_of("pool_pool", pool_pool)
    similarity, known = lifted(
        similarity, beside("pool_known", pool_known, similarity, may_be_empty=True)
    )
    weights = {"nu": checked_weight("nu", nu)}
    return _objective(
        ObjectiveName.FLCG,
        similarity,
        floor=weights["nu"] * _best(known, axis=1),
        parameters=weights,
    )


def flcmi(
    pool_pool: ArrayLike,
    pool_target: ArrayLike,
    pool_known: ArrayLike,
    eta: float = 1.0,
    nu: float = 1.0,
) -> Objective:
    """FLCMI f(A) = sum_i max(min(max_{j in A} s[i, j], eta * max_q s[i, q]) - nu * max_k s[i, k],
    0): FLVMI's ceiling, FLCG's floor.
    """
    similarity = similarity_of("pool_pool", pool_pool)
    target = beside("pool_target", pool_target, similarity)
    known = beside("pool_known", pool_known, similarity, may_be_empty=True)
    similarity, target, known = lifted(similarity, target, known)
    weights = {"eta": checked_weight("eta", eta), "nu": checked_weight("nu", nu)}
    # (answered,) both
    floor, ceiling = weights["nu"] * _best(known, axis=1), weights["eta"] * _best(target, axis=1)
    return _objective(
        ObjectiveName.FLCMI, similarity, floor=floor, ceiling=ceiling, parameters=weights
    )


@dataclass(frozen=True)
class Recipe:
    """How an objective is built: from which similarities, named answered_shown, and with which
    weights.
    """

    build: Callable[..., Objective]
    kernels: tuple[str, ...]
    weights: tuple[str, ...] = ()


RECIPES: Mapping[ObjectiveName, Recipe] = {
    ObjectiveName.FACILITY_LOCATION: Recipe(facility_location, ("pool_pool",)),
    ObjectiveName.FLQMI: Recipe(flqmi, ("target_pool",), ("eta",)),
    ObjectiveName.FLVMI: Recipe(flvmi, ("pool_pool", "pool_target"), ("eta",)),
    ObjectiveName.FLCG: Recipe(flcg, ("pool_pool", "pool_known"), ("nu",)),
    ObjectiveName.FLCMI: Recipe(flcmi, ("pool_pool", "pool_target", "pool_known"), ("eta", "nu")),
}


def recommended_objective(*, target: bool = False, known: bool = False) -> ObjectiveName:
    """The objective for the data at hand: nothing else -> FL, a target -> FLQMI, known examples ->
    FLCG, both -> FLCMI.
    """
    if target:
        return ObjectiveName.FLCMI if known else ObjectiveName.FLQMI
    return ObjectiveName.FLCG if known else ObjectiveName.FACILITY_LOCATION


def build_objective(
    name: str, similarities: Mapping[str, ArrayLike], eta: float = 1.0, nu: float = 1.0
) -> Objective:
    """The named objective from the similarities its recipe asks for; a weight it has no use for is
    left out.
    """
    recipe = RECIPES[named_objective(name)]
    missing = [kernel for kernel in recipe.kernels if kernel not in similarities]
    if missing:
        given = ", ".join(similarities) or "none"
        raise UnusableSimilarity(
            f"{name} needs {' and '.join(missing)}; given: {given}. Score it or choose another"
            " objective."
        )
    weights = {weight: {"eta": eta, "nu": nu}[weight] for weight in recipe.weights}
    return recipe.build(*(similarities[kernel] for kernel in recipe.kernels), **weights)


def weighted(objective: Objective, weights: ArrayLike) -> Objective:
    """The same objective with every answered row counted w_i times: clip(w s, w floor, w ceiling) =
    w clip(s, floor, ceiling).

    weights: (answered,) 0 or more; a row of weight 0 counts for nothing. The modular term is one of
    shown examples and stays. float32 similarities become float64, which holds their products
    exactly.
    """
    weights = np.asarray(weights, dtype=np.float64)  # (answered,)
    if (
        weights.shape != objective.floor.shape
        or not np.isfinite(weights).all()
        or (weights < 0).any()
    ):
        raise InvalidWeight(
            f"weights: give one finite number of 0 or more for each of the {len(objective.floor):,}"
            " answered examples."
        )
    rows = weights[:, None]
    # (answered, shown)
    similarity = (
        objective.similarity.multiply(rows).tocsc()
        if objective.is_sparse
        else objective.similarity * rows
    )
    # (answered,)
    ceiling = np.multiply(objective.ceiling, weights, out=np.zeros_like(weights), where=weights > 0)
    sums = np.asarray(similarity.sum(axis=0), dtype=np.float64).ravel()  # (shown,)
    return replace(
        objective,
        similarity=similarity,
        sums=sums,
        floor=objective.floor * weights,
        ceiling=ceiling,
    )


def _objective(
    name, similarity: Similarity, *, floor=None, ceiling=None, modular=None, parameters=None
) -> Objective:
    """An objective with what was not given at its neutral value, and a ceiling below its floor
    raised to it.
    """
    answered, shown = similarity.values.shape
    floor = np.zeros(answered) if floor is None else floor  # (answered,)
    # (answered,)
    ceiling = np.full(answered, np.inf) if ceiling is None else np.maximum(ceiling, floor)
    modular = np.zeros(shown) if modular is None else modular  # (shown,)
    return Objective(
        name, similarity.values, similarity.sums, floor, ceiling, modular, parameters or {}
    )


def _best(similarity: Any, axis: int) -> np.ndarray:
    """max(0, max s) along one axis, in float64; the best of nothing is 0."""
    if not isinstance(similarity, np.ndarray):
        # nothing in it is below 0
        return similarity.max(axis=axis).toarray().ravel().astype(np.float64)
    return similarity.max(axis=axis, initial=0.0).astype(np.float64)  # (answered,) or (shown,)


def _distinct(chosen: Iterable[int]) -> np.ndarray:
    """A set of indices as an array: f counts each example once."""
    return np.unique(np.fromiter(chosen, dtype=np.int64))  # (chosen,)


def named_objective(name: str) -> ObjectiveName:
    """The objective of that name."""
    if name not in set(ObjectiveName):
        raise UnknownObjective(
            f"No objective is called {name!r}. Choose one of {', '.join(ObjectiveName)}."
        )
    return ObjectiveName(name)


def checked_weight(name: str, value: float) -> float:
    """A finite weight of 0 or more."""
    if (
        isinstance(value, (int, float, np.integer, np.floating))
        and math.isfinite(value)
        and value >= 0
    ):
        return float(value)
    raise InvalidWeight(
        f"{name} is {value!r}; give a finite number of 0 or more, 1 weighs both sides alike."
    )
