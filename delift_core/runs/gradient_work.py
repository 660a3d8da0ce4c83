"""What the gradients of a run lack, and their features once nothing is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from delift_core.errors import DamagedRun
from delift_core.runs.gradients import Checkpoint, FeatureBlock, GradientStore
from delift_core.selection.gradient_features import (
    FeatureKind,
    GradientFeatures,
    features_from,
    mean_gradient,
)


@dataclass(frozen=True)
class MissingGradients:
    """What has to be computed before the gradients of a run are complete."""

    store: GradientStore
    epochs: list[int]  # of the warm-up, that are not stored or damaged
    blocks: list[FeatureBlock]

    @property
    def is_empty(self) -> bool:
        return not self.epochs and not self.blocks

    @property
    def examples(self) -> int:
        """Examples to read: in training, and for their gradients."""
        trained = len(self.epochs) * self.store.settings.warm_up_rows(self.store.size("pool"))
        return trained + sum(len(block.examples) for block in self.blocks)

    @property
    def all_examples(self) -> int:
        """The same, if nothing were stored."""
        return self.store.settings.passes(self.store.size("pool"), self.store.size("target"))


def missing_gradients(store: GradientStore) -> MissingGradients:
    """What the gradients of a run lack; reads what is stored and changes nothing."""
    epochs = [epoch for epoch in store.epochs if stored_checkpoint(store, epoch) is None]
    blocks = [block for block in store.blocks() if not has_block(store, block)]
    return MissingGradients(store, epochs, blocks)


def stored_checkpoint(store: GradientStore, epoch: int) -> Checkpoint | None:
    """What an epoch ended in; None where it is not stored or damaged."""
    if not store.checkpoint_path(epoch).exists():
        return None
    try:
        return store.read_checkpoint(epoch)
    except DamagedRun:
        return None


def has_block(store: GradientStore, block: FeatureBlock) -> bool:
    """Whether the features of a block are stored and whole."""
    if not store.block_path(block).exists():
        return False
    try:
        store.read_block(block)
    except DamagedRun:
        return False
    return True


def is_complete(store: GradientStore) -> bool:
    """Whether all features are stored; none of them is read."""
    blocks = (store.block_path(block) for block in store.blocks())
    checkpoints = (store.checkpoint_path(epoch) for epoch in store.epochs)
    return all(path.exists() for path in chain(checkpoints, blocks))


def stored_features(
    store: GradientStore, subtasks: Sequence[str] | None = None
) -> GradientFeatures | None:
    """The features of a run; None where not all of them are there yet.

    subtasks: group of each example of the target, if there is one. Raises DamagedRun.
    """
    if not is_complete(store):
        return None
    rates = [store.read_checkpoint(epoch).rate for epoch in store.epochs]
    pool = role_features(store, "pool", FeatureKind.DIRECTION)
    if store.has_target:
        target = role_features(store, "target", FeatureKind.GRADIENT)
        return features_from(pool, target, rates, subtasks)
    gradients = role_features(store, "pool", FeatureKind.GRADIENT)
    return features_from(pool, mean_gradient(gradients), rates)


def role_features(store: GradientStore, role: str, kind: FeatureKind) -> np.ndarray:
    """(checkpoints, examples, dimension) float32 as stored. Raises DamagedRun."""
    checkpoints = []
    for epoch in store.epochs:
        blocks = [store.read_block(block)[kind] for block in store.blocks_of(epoch, role)]
        checkpoints.append(np.concatenate(blocks))  # (examples, dimension)
    return np.stack(checkpoints)
