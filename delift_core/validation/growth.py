"""How loss falls with the budget, group by group: the arms of several budgets, and their losses.

All models of a budget have equal steps; models of any two budgets have equal epochs.
Abilities grow at their own pace (Dynamics of Instruction Tuning, arXiv 2310.19651).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.selection.constraints import Constraints
from delift_core.validation.arm_losses import labels_of, losses_on, measured_groups, scored_losses
from delift_core.validation.arms import RANDOM, UNTUNED, Arm, Experiment, random_arm
from delift_core.validation.cells import CellStore
from delift_core.validation.statistics import Difference, Losses, difference


@dataclass(frozen=True, eq=False)
class GrowthBudget:
    """A budget, and what is chosen with it."""

    label: str  # as it was asked for
    chosen: Mapping[str, Sequence[int] | np.ndarray]  # name -> rows of the pool, in order of choice
    constraints: Constraints  # that random selections keep to


@dataclass(frozen=True)
class GrowthArm(Arm):
    """An arm at a budget."""

    budget: str
    rows: int  # that the selection of the experiment has there


@dataclass(frozen=True, eq=False)
class GrowthPoint:
    """The losses of an arm at a budget, on the examples of a group."""

    arm: str
    budget: str
    rows: int
    group: str | None  # None: all held-out examples
    runs: np.ndarray  # (runs,) mean NLL of each random selection, or of each seed, in nats
    beside_untuned: Difference
    beside_random: Difference | None  # of the same budget; None where they are the same models

    @property
    def loss(self) -> float:
        """Mean NLL of the arm."""
        return float(self.runs.mean())

    @property
    def band(self) -> tuple[float, float]:
        """The lowest and the highest mean NLL of a run."""
        return float(self.runs.min()), float(self.runs.max())


@dataclass(frozen=True, eq=False)
class Growth:
    """Every arm at every budget, on all held-out examples and on each group."""

    scored: np.ndarray  # (scored,) held-out examples with a response, which all losses are of
    untuned: Mapping[str | None, float]  # group -> mean NLL of the base model; None: of all
    points: Sequence[GrowthPoint]

    def curve(self, arm: str, group: str | None = None) -> list[GrowthPoint]:
        """The points of an arm on a group, in the order of the budgets."""
        return [point for point in self.points if (point.arm, point.group) == (arm, group)]


def growth_arms(experiment: Experiment, budgets: Sequence[GrowthBudget]) -> list[GrowthArm]:
    """The base model, then random selections and those that are chosen at every budget."""
    untuned = GrowthArm(UNTUNED, ((experiment.cell(),),), "0", 0)
    return [untuned, *(arm for budget in budgets for arm in arms_at(experiment, budget))]


def arms_at(experiment: Experiment, budget: GrowthBudget) -> list[GrowthArm]:
    """The arms of a budget, the random one first; one that takes all there is has one for all."""
    rows = len(budget.chosen[experiment.selection])
    steps = experiment.steps(rows)
    if rows == budget.constraints.available:
        everything = sorted(budget.chosen[experiment.selection])
        arms = [experiment.tuned(name, everything, steps) for name in (RANDOM, *budget.chosen)]
    else:
        chosen = budget.chosen.items()
        arms = [
            random_arm(experiment, budget.constraints, lambda rows: steps),
            *(experiment.tuned(name, order, steps) for name, order in chosen),
        ]
    return [GrowthArm(arm.name, arm.cells, budget.label, rows) for arm in arms]


def growth_of(
    store: CellStore,
    arms: Sequence[GrowthArm],
    groups: Sequence[str] | None = None,
    clusters: Sequence[Hashable] | None = None,
) -> Growth:
    """What the cells of `growth_arms` say. Raises DamagedRun where one is not stored.

    groups: (held out,) of each example, to tell each that has two or more.
    clusters: (held out,) that of each; examples of a cluster are drawn together.
    """
    scored, losses = scored_losses(store, arms)
    owner = labels_of(clusters, scored)
    parts: dict[str | None, np.ndarray] = {None: np.arange(len(scored))}
    parts.update(measured_groups(labels_of(groups, scored), owner))
    points, base = [], {}
    for group, members in parts.items():
        here = [losses_on(arm, members) for arm in losses]
        base[group] = float(here[0].by_example.mean())
        points += points_on(arms, here, group, labels_of(owner, members))
    return Growth(scored, base, points)


def points_on(
    arms: Sequence[GrowthArm],
    losses: Sequence[Losses],
    group: str | None,
    clusters: Sequence[Hashable] | None,
) -> list[GrowthPoint]:
    """The points of every arm but the first, the base model, on the examples of a group."""
    points: list[GrowthPoint] = []
    for arm, found in zip(arms[1:], losses[1:]):
        if arm.name == RANDOM:  # the first of its budget
            random_cells, random = arm.cells, found
        beside_random = None
        if arm.cells != random_cells:
            beside_random = difference(found, random, clusters)
        beside_untuned = difference(found, losses[0], clusters)
        points.append(
            GrowthPoint(
                arm.name, arm.budget, arm.rows, group, found.runs, beside_untuned, beside_random
            )
        )
    return points
