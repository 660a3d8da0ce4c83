"""What method `gradients` chooses from: features of gradients at the checkpoints of a warm-up."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from delift_core.errors import MethodUnavailable


class FeatureKind(StrEnum):
    """What is kept of an example at a checkpoint."""

    DIRECTION = "direction"  # in which a step on it moves the weights
    GRADIENT = "gradient"  # of its loss


@dataclass(frozen=True, eq=False)
class GradientFeatures:
    """Directions of a step on each example of the pool, and gradients of the target's loss."""

    # (checkpoints, pool, dimension) of length 1, NaN where nothing of an example is scored
    pool: np.ndarray
    target: np.ndarray  # (checkpoints, items, dimension), the same
    weights: np.ndarray  # (checkpoints,) mean learning rates, their sum 1
    subtasks: Sequence[str] | None = None  # (items,) group of each; None: they are all one

    def influence(self) -> np.ndarray:
        """(pool, subtasks) mean over items q of sum_c weights[c] <pool[c, j], target[c, q]>.

        Raises MethodUnavailable where nothing of the target is scored.
        """
        labels = np.zeros(self.target.shape[1], dtype=np.int64)  # (items,)
        if self.subtasks is not None:
            _, labels = np.unique(np.asarray(self.subtasks, dtype=str), return_inverse=True)
        scored = np.isfinite(self.target).all(axis=(0, 2))  # (items,)
        if not scored.any():
            raise MethodUnavailable(
                "No example of the target has a response whose loss could fall. Give a target with"
                " responses."
            )
        members = [scored & (labels == subtask) for subtask in np.unique(labels[scored])]
        influence = np.zeros((self.pool.shape[1], len(members)))  # (pool, subtasks)
        for weight, pool, target in zip(self.weights, self.pool, self.target):
            means = [target[items].mean(axis=0, dtype=np.float64) for items in members]
            # (pool, dimension) @ (dimension, subtasks)
            influence += weight * (pool.astype(np.float64) @ np.stack(means, axis=1))
        return influence


def features_from(
    directions: np.ndarray,
    gradients: np.ndarray,
    rates: Sequence[float],
    subtasks: Sequence[str] | None = None,
) -> GradientFeatures:
    """Features from projected vectors of any length and the mean learning rate of each epoch.

    directions: (checkpoints, pool, dimension); gradients: (checkpoints, items, dimension).
    """
    weights = np.asarray(rates, dtype=np.float64)  # (checkpoints,)
    return GradientFeatures(unit(directions), unit(gradients), weights / weights.sum(), subtasks)


def mean_gradient(gradients: np.ndarray) -> np.ndarray:
    """(checkpoints, 1, dimension) mean over the examples of which something is scored.

    gradients: (checkpoints, examples, dimension), NaN where nothing is.
    """
    scored = np.isfinite(gradients).all(axis=(0, 2))  # (examples,)
    return gradients[:, scored].mean(axis=1, keepdims=True)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Vectors, (..., dimension), each divided by its length; a vector of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)  # (..., 1)
    return vectors / np.where(lengths > 0, lengths, 1)
