"""Stored cells -> losses of arms on the held-out examples that have a response, and on groups."""

from collections.abc import Hashable, Sequence
from typing import TypeVar

import numpy as np

from delift_core.validation.arms import Arm
from delift_core.validation.cells import CellStore, Measured
from delift_core.validation.statistics import Losses

Label = TypeVar("Label")


def measured_arm(store: CellStore, arm: Arm) -> tuple[np.ndarray, np.ndarray]:
    """(losses, scores) of an arm, each (selections, seeds, held out). Raises DamagedRun."""
    found = read_arm(store, arm)
    losses = [[measured.losses for measured in seeds] for seeds in found]
    scores = [[measured.scores for measured in seeds] for seeds in found]
    return np.array(losses, dtype=np.float64), np.array(scores, dtype=np.float64)


def further_losses(store: CellStore, arm: Arm, examples: str) -> np.ndarray:
    """(selections, seeds, examples) losses of an arm on what its cells measured too.

    examples: their fingerprint. Raises DamagedRun.
    """
    found = read_arm(store, arm)
    losses = [[measured.also[examples] for measured in seeds] for seeds in found]
    return np.array(losses, dtype=np.float64)


def read_arm(store: CellStore, arm: Arm) -> list[list[Measured]]:
    """What the cells of an arm measured, a list for each selection. Raises DamagedRun."""
    return [[store.read(cell) for cell in seeds] for seeds in arm.cells]


def scored_losses(
    store: CellStore, arms: Sequence[Arm], further: str | None = None
) -> tuple[np.ndarray, list[Losses]]:
    """(scored,) held-out examples with a response, and the losses of each arm on them.

    further: fingerprint of examples that stand in place of the held-out ones.
    Raises DamagedRun where a cell is not stored.
    """
    if further is None:
        values = [measured_arm(store, arm)[0] for arm in arms]
    else:
        values = [further_losses(store, arm, further) for arm in arms]
    scored = np.flatnonzero(np.isfinite(values[0][0, 0]))  # (scored,)
    return scored, [Losses(losses[..., scored]) for losses in values]


def losses_on(losses: Losses, examples: np.ndarray) -> Losses:
    """The losses of an arm on some of its examples."""
    return Losses(losses.values[..., examples])


def labels_of(labels: Sequence[Label] | None, rows: np.ndarray) -> list[Label] | None:
    """The labels of some examples, None where there are none."""
    if labels is None:
        return None
    return [labels[row] for row in rows.tolist()]


def group_members(groups: Sequence[str] | None) -> dict[str, np.ndarray]:
    """Group -> (members,) its examples, of groups with two or more; without groups none."""
    if groups is None:
        return {}
    names, sizes = np.unique(groups, return_counts=True)
    large = names[sizes > 1].tolist()
    return {str(group): np.flatnonzero(np.asarray(groups) == group) for group in large}


def measured_groups(
    groups: Sequence[str] | None, clusters: Sequence[Hashable] | None
) -> dict[str, np.ndarray]:
    """Group -> (members,) its examples, of groups with two or more, and of two or more clusters."""
    members = group_members(groups)
    if clusters is None:
        return members
    return {group: rows for group, rows in members.items() if len({clusters[r] for r in rows}) > 1}
