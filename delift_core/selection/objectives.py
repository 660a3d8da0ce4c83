"""The five objectives from similarities, and the register of them.

The best of no examples is worth 0. A row with negative similarities (raw utilities) is lifted
first, with its target's and known examples' values, so that its worst shown example is worth 0: a
constant per answered row changes no choice and keeps f monotone and submodular.

A new objective is a builder, a name in `objective_names.py` and an entry of OBJECTIVES.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidWeight, UnknownObjective, UnusableSimilarity
from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.similarity import Similarity, aligned, lifted, similarity_of
from delift_core.selection.sparse_rows import best_of_columns, best_of_rows


def facility_location(pool_pool: ArrayLike) -> Objective:
    """FL: represent the pool. Floor 0, no ceiling.

    f(A) = sum_{i in pool} max_{j in A} s[i, j]
    """
    similarity, _ = lifted(similarity_of("pool_pool", pool_pool))
    return _plain(ObjectiveName.FACILITY_LOCATION, similarity)


def flqmi(target_pool: ArrayLike, eta: float = 1.0) -> Objective:
    """FLQMI: serve the target. w_j = eta * max_q s[q, j].

    f(A) = sum_{q in target} max_{j in A} s[q, j] + eta * sum_{j in A} max_q s[q, j]
    """
    eta = checked_weight("eta", eta)
    given = similarity_of("target_pool", target_pool)
    similarity, _ = lifted(given)
    return replace(
        _plain(ObjectiveName.FLQMI, similarity),
        modular=eta * _best(given.values, axis=0),  # (shown,)
        parameters={"eta": eta},
    )


def flvmi(pool_pool: ArrayLike, pool_target: ArrayLike, eta: float = 1.0) -> Objective:
    """FLVMI: represent what the target needs. ceiling_i = eta * max_q s[i, q].

    f(A) = sum_{i in pool} min(max_{j in A} s[i, j], eta * max_q s[i, q])
    """
    eta = checked_weight("eta", eta)
    given = similarity_of("pool_pool", pool_pool)
    similarity, (target,) = lifted(given, aligned("pool_target", pool_target, given))
    return replace(
        _plain(ObjectiveName.FLVMI, similarity),
        ceiling=eta * _best(target, axis=1),  # (answered,)
        parameters={"eta": eta},
    )


def flcg(pool_pool: ArrayLike, pool_known: ArrayLike, nu: float = 1.0) -> Objective:
    """FLCG: add what is new. floor_i = nu * max_k s[i, k].

    f(A) = sum_{i in pool} max(max_{j in A} s[i, j] - nu * max_k s[i, k], 0)
    """
    nu = checked_weight("nu", nu)
    given = similarity_of("pool_pool", pool_pool)
    known = aligned("pool_known", pool_known, given, may_be_empty=True)
    similarity, (known,) = lifted(given, known)
    return replace(
        _plain(ObjectiveName.FLCG, similarity),
        floor=nu * _best(known, axis=1),  # (answered,)
        parameters={"nu": nu},
    )


def flcmi(
    pool_pool: ArrayLike,
    pool_target: ArrayLike,
    pool_known: ArrayLike,
    eta: float = 1.0,
    nu: float = 1.0,
) -> Objective:
    """FLCMI: serve the target with what is new. FLVMI's ceiling, FLCG's floor.

    f(A) = sum_i max(min(max_{j in A} s[i, j], eta * max_q s[i, q]) - nu * max_k s[i, k], 0)

    A ceiling below its floor is raised to it.
    """
    eta, nu = checked_weight("eta", eta), checked_weight("nu", nu)
    given = similarity_of("pool_pool", pool_pool)
    target = aligned("pool_target", pool_target, given)
    known = aligned("pool_known", pool_known, given, may_be_empty=True)
    similarity, (target, known) = lifted(given, target, known)
    floor = nu * _best(known, axis=1)  # (answered,)
    return replace(
        _plain(ObjectiveName.FLCMI, similarity),
        floor=floor,
        ceiling=np.maximum(eta * _best(target, axis=1), floor),  # (answered,)
        parameters={"eta": eta, "nu": nu},
    )


@dataclass(frozen=True)
class ObjectiveSpec:
    """How an objective is built, and how it is called on pages and in reports."""

    build: Callable[..., Objective]
    kernels: tuple[str, ...]  # the similarities it is built from, named answered_shown
    weights: tuple[str, ...]
    title: str
    coverage: str  # what its value as a share of the pool's is called
    sentence: str
    equation: str


OBJECTIVES: Mapping[ObjectiveName, ObjectiveSpec] = {
    ObjectiveName.FACILITY_LOCATION: ObjectiveSpec(
        facility_location,
        kernels=("pool_pool",),
        weights=(),
        title="Represent the pool",
        coverage="coverage",
        sentence="A few examples that help with all the others.",
        equation="f(A) = ∑_{i ∈ pool} max_{j ∈ A} s_{i, j}",
    ),
    ObjectiveName.FLQMI: ObjectiveSpec(
        flqmi,
        kernels=("target_pool",),
        weights=("eta",),
        title="Match the target task",
        coverage="target coverage",
        sentence="What helps most with the examples of the target.",
        equation=(
            "f(A) = ∑_{q ∈ target} max_{j ∈ A} s_{q, j} + η ∑_{j ∈ A} max_{q ∈ target} s_{q, j}"
        ),
    ),
    ObjectiveName.FLVMI: ObjectiveSpec(
        flvmi,
        kernels=("pool_pool", "pool_target"),
        weights=("eta",),
        title="Represent what the target needs",
        coverage="coverage of what the target needs",
        sentence="Coverage of the pool, as far as the target helps each example.",
        equation="f(A) = ∑_{i ∈ pool} min(max_{j ∈ A} s_{i, j}, η max_{q ∈ target} s_{i, q})",
    ),
    ObjectiveName.FLCG: ObjectiveSpec(
        flcg,
        kernels=("pool_pool", "pool_known"),
        weights=("nu",),
        title="Add new skills",
        coverage="coverage of new skills",
        sentence="What the known examples do not cover yet.",
        equation="f(A) = ∑_{i ∈ pool} max(max_{j ∈ A} s_{i, j} − ν max_{k ∈ known} s_{i, k}, 0)",
    ),
    ObjectiveName.FLCMI: ObjectiveSpec(
        flcmi,
        kernels=("pool_pool", "pool_target", "pool_known"),
        weights=("eta", "nu"),
        title="Add new skills for the target",
        coverage="coverage of new skills for the target",
        sentence="As far as the target helps, beyond what the known examples do.",
        equation=(
            "f(A) = ∑_{i ∈ pool} max(min(max_{j ∈ A} s_{i, j}, η max_{q ∈ target} s_{i, q}) "
            "− ν max_{k ∈ known} s_{i, k}, 0)"
        ),
    ),
}


def recommended_objective(*, target: bool = False, known: bool = False) -> ObjectiveName:
    """The objective for the data at hand.

    Nothing else -> FL, a target -> FLQMI, known examples -> FLCG, both -> FLCMI.
    """
    if target and known:
        return ObjectiveName.FLCMI
    if target:
        return ObjectiveName.FLQMI
    if known:
        return ObjectiveName.FLCG
    return ObjectiveName.FACILITY_LOCATION


def build_objective(
    name: str, similarities: Mapping[str, ArrayLike], eta: float = 1.0, nu: float = 1.0
) -> Objective:
    """The named objective from the similarities it needs; a weight it has no use for is left out.

    Raises UnknownObjective, UnusableSimilarity, InvalidWeight.
    """
    spec = OBJECTIVES[named_objective(name)]
    missing = [kernel for kernel in spec.kernels if kernel not in similarities]
    if missing:
        given = ", ".join(similarities) or "none"
        raise UnusableSimilarity(
            f"{name} needs {' and '.join(missing)}; given: {given}. Score it or choose another"
            " objective."
        )
    values = {"eta": eta, "nu": nu}
    weights = {weight: values[weight] for weight in spec.weights}
    return spec.build(*(similarities[kernel] for kernel in spec.kernels), **weights)


def named_objective(name: str) -> ObjectiveName:
    """The objective of that name. Raises UnknownObjective."""
    if name not in set(ObjectiveName):
        raise UnknownObjective(
            f"No objective is called {name!r}. Choose one of {', '.join(ObjectiveName)}."
        )
    return ObjectiveName(name)


def checked_weight(name: str, value: float) -> float:
    """A finite weight of 0 or more. Raises InvalidWeight."""
    is_number = isinstance(value, (int, float, np.integer, np.floating))
    if is_number and math.isfinite(value) and value >= 0:
        return float(value)
    raise InvalidWeight(
        f"{name} is {value!r}; give a finite number of 0 or more, 1 weighs both sides alike."
    )


def _plain(name: ObjectiveName, similarity: Similarity) -> Objective:
    """Coverage from a floor of 0, without a ceiling or a modular term."""
    answered, shown = similarity.values.shape
    return Objective(
        name,
        similarity.values,
        similarity.sums,
        floor=np.zeros(answered),
        ceiling=np.full(answered, np.inf),
        modular=np.zeros(shown),
    )


def _best(similarity: np.ndarray | SparseSimilarity, axis: int) -> np.ndarray:
    """max(0, max s) along one axis, in float64; the best of nothing is 0."""
    if isinstance(similarity, np.ndarray):
        return similarity.max(axis=axis, initial=0.0).astype(np.float64)  # (answered,) or (shown,)
    if axis == 0:
        best = best_of_columns(similarity)  # (shown,)
    else:
        best = best_of_rows(similarity, slice(None))  # (answered,)
    return np.maximum(best, 0).astype(np.float64)
