"""What measures of a set of examples are worked out from, as far as it is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

import numpy as np

from delift_core.comparison.planted import wrong_answers
from delift_core.data.example import Dataset
from delift_core.data.near_duplicates import representatives
from delift_core.scoring.kernel import Alone, Unprompted
from delift_core.selection.baselines.embedding_coverage import cosine_similarity
from delift_core.selection.embedding_kernels import median_distance, rbf
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import facility_location

Pass = TypeVar("Pass", Alone, Unprompted)

BLOCK = 512  # rows of a kernel worked out at a time
PAIRED_MOST = 8_000  # examples of a pool whose embeddings are compared two by two


class Basis(StrEnum):
    """What a measure is worked out from."""

    POOL_KERNEL = "utility kernel of the pool"
    TARGET_KERNEL = "utility kernel of the target"
    HELD_OUT_KERNEL = "utility kernel of the held-out examples"
    POOL_ALONE = "pass over each example of the pool"
    POOL_PAIRS = "embeddings of every two examples of the pool"
    TARGET_ALONE = "pass over each example of the target"
    POOL_UNPROMPTED = "pass over each response without its prompt"
    WRONG_ANSWERS = "list of wrong answers"
    NEAR_DUPLICATES = "near-duplicate in the pool"


ABSENT = {
    Basis.POOL_KERNEL: "The kernel of the pool is not scored. Score the pool, or give kernel=....",
    Basis.TARGET_KERNEL: "There is no target, or its kernel is not scored. Give one with --target.",
    Basis.HELD_OUT_KERNEL: (
        "There are no held-out examples, or their kernel is not scored. Give some with --held-out."
    ),
    Basis.POOL_ALONE: "No model has read the pool yet. Score the pool, or give model=....",
    Basis.POOL_PAIRS: (
        f"The embeddings of every two examples are compared in pools of up to {PAIRED_MOST:,}."
    ),
    Basis.TARGET_ALONE: "There is no target, or no model has read it. Give one with --target.",
    Basis.POOL_UNPROMPTED: (
        "No model has read the responses without their prompts yet. Choose once by ifd, which"
        " stores that pass, or give model=...."
    ),
    Basis.WRONG_ANSWERS: "Which answers are wrong is known of the demo only.",
    Basis.NEAR_DUPLICATES: "The pool holds no near-duplicates: reading left one of each.",
}


@dataclass(frozen=True, eq=False)
class ComparisonInputs:
    """A pool, and what is known of its examples. Kernels of embeddings are worked out once."""

    pool: Dataset
    # "pool", "target", "held_out" -> facility location of how the pool helps these examples
    coverage: Mapping[str, Objective] = field(default_factory=dict)
    pool_pass: Alone | None = None
    target_pass: Alone | None = None
    unprompted_pass: Unprompted | None = None  # of the pool

    @cached_property
    def available(self) -> set[Basis]:
        """What is there."""
        values = {
            Basis.POOL_KERNEL: self.coverage.get("pool"),
            Basis.TARGET_KERNEL: self.coverage.get("target"),
            Basis.HELD_OUT_KERNEL: self.coverage.get("held_out"),
            Basis.POOL_ALONE: self.pool_pass,
            Basis.POOL_PAIRS: self.pool_pass if len(self.pool) <= PAIRED_MOST else None,
            Basis.TARGET_ALONE: self.target_pass,
            Basis.POOL_UNPROMPTED: self.unprompted_pass,
            Basis.WRONG_ANSWERS: self.wrong,
            Basis.NEAR_DUPLICATES: self.representatives or None,
        }
        return {basis for basis, value in values.items() if value is not None}

    @cached_property
    def measured(self) -> dict[bytes, np.ndarray]:
        """Sets that were measured already -> (measures,) values; once worked out they stay."""
        return {}

    @property
    def alone(self) -> Alone:
        """The pass over each example of the pool."""
        return _there(self.pool_pass, Basis.POOL_ALONE)

    @property
    def unprompted(self) -> Unprompted:
        """The pass over each response of the pool without its prompt."""
        return _there(self.unprompted_pass, Basis.POOL_UNPROMPTED)

    @cached_property
    def wrong(self) -> np.ndarray | None:
        """(pool,) bool, which answers are known to be wrong; None where that is not known."""
        return wrong_answers(self.pool)

    @cached_property
    def representatives(self) -> dict[int, int]:
        """Position -> the first of its kind, of every near-duplicate in the pool."""
        return representatives(self.pool)

    @cached_property
    def embeddings(self) -> np.ndarray:
        """(pool, width) L2-normalised."""
        return self.alone.embedding.astype(np.float64)  # (pool, width)

    @cached_property
    def target_embeddings(self) -> np.ndarray:
        """(target, width) L2-normalised."""
        return _there(self.target_pass, Basis.TARGET_ALONE).embedding.astype(np.float64)

    @cached_property
    def embedding_objective(self) -> Objective:
        """Facility location on (1 + cos) / 2."""
        return facility_location(cosine_similarity(self.embeddings))

    @cached_property
    def width(self) -> float:
        """Sigma of the RBF kernel: the median distance of two examples of the pool."""
        return median_distance(self.embeddings)

    @cached_property
    def pool_rbf(self) -> np.ndarray:
        """(pool, pool) float32, the RBF kernel of two examples of the pool."""
        return self._rbf(self.embeddings)

    @cached_property
    def target_rbf(self) -> np.ndarray:
        """(pool, target) float32, the RBF kernel of the pool and the target."""
        return self._rbf(self.target_embeddings)

    @cached_property
    def within_target_rbf(self) -> np.ndarray:
        """(target, target), the RBF kernel of two examples of the target."""
        return rbf(self.target_embeddings, self.target_embeddings, self.width)

    def _rbf(self, others: np.ndarray) -> np.ndarray:
        """(pool, others) float32."""
        kernel = np.empty((len(self.embeddings), len(others)), np.float32)  # (pool, others)
        for start in range(0, len(kernel), BLOCK):
            rows = slice(start, start + BLOCK)
            kernel[rows] = rbf(self.embeddings[rows], others, self.width)
        return kernel


def _there(stored: Pass | None, basis: Basis) -> Pass:
    """A pass that `available` holds."""
    if stored is None:
        raise ValueError(ABSENT[basis])
    return stored
