"""What a model that is tuned on one group of the pool alone is worth on every other group.

All models have equal steps, those of the selection.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.validation.arm_losses import (
    group_members,
    labels_of,
    losses_on,
    measured_groups,
    scored_losses,
)
from delift_core.validation.arms import UNTUNED, Arm, Experiment
from delift_core.validation.cells import CellStore
from delift_core.validation.statistics import Difference, difference


@dataclass(frozen=True, eq=False)
class GroupMatrix:
    """Losses by the group that a model is tuned on, and the group that it is measured on."""

    tuned_on: Sequence[str]
    measured_on: Sequence[str]
    losses: np.ndarray  # (tuned on, measured on) mean NLL in nats
    untuned: np.ndarray  # (measured on,) that of the base model
    # (tuned on, measured on) -> beside the base model; below 0: the group helps
    differences: Mapping[tuple[str, str], Difference]


def group_arms(experiment: Experiment, groups: Sequence[str]) -> list[Arm]:
    """The base model, then an arm of all rows of each group that has two or more.

    groups: (pool,) of each example.
    """
    steps = experiment.steps(len(experiment.chosen[experiment.selection]))
    members = group_members(groups).items()
    return [
        Arm(UNTUNED, ((experiment.cell(),),)),
        *(experiment.tuned(group, rows, steps) for group, rows in members),
    ]


def matrix_of(
    store: CellStore,
    arms: Sequence[Arm],
    groups: Sequence[str],
    clusters: Sequence[Hashable] | None = None,
) -> GroupMatrix:
    """What the cells of `group_arms` say. Raises DamagedRun where one is not stored.

    groups: (held out,) of each example; those with two or more are measured on.
    clusters: (held out,) that of each; examples of a cluster are drawn together.
    """
    scored, (untuned, *tuned) = scored_losses(store, arms)
    owner = labels_of(clusters, scored)
    parts = measured_groups(labels_of(groups, scored), owner)
    names = [arm.name for arm in arms[1:]]
    base = {group: losses_on(untuned, members) for group, members in parts.items()}
    differences = {
        (name, group): difference(
            losses_on(losses, members), base[group], labels_of(owner, members)
        )
        for name, losses in zip(names, tuned)
        for group, members in parts.items()
    }
    means = [
        [losses_on(losses, members).by_example.mean() for members in parts.values()]
        for losses in tuned
    ]
    return GroupMatrix(
        tuned_on=names,
        measured_on=list(parts),
        losses=np.array(means),
        untuned=np.array([losses.by_example.mean() for losses in base.values()]),
        differences=differences,
    )
