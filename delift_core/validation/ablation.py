"""What each source of the rows does: left out of a selection, or added to it whole.

    difference   delta_i = mean_s L[changed, s, i] - mean_s L[as it is, s, i]

Above 0 where a source is left out: it helps. Below 0 where it is added: more of it would help. All
models have equal steps. Adding one source at a time is Individual Select (arXiv 2405.11850).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from delift_core.validation.arm_losses import labels_of, scored_losses
from delift_core.validation.arms import Arm, Experiment
from delift_core.validation.cells import CellStore
from delift_core.validation.statistics import Difference, difference


class SourceChange(StrEnum):
    """What is done with a source."""

    LEFT_OUT = "left out"
    ADDED = "added"  # all rows of it that were not chosen and are not excluded


@dataclass(frozen=True)
class SourceArm(Arm):
    """An arm whose rows are those of a selection with one source changed."""

    source: str
    change: SourceChange


@dataclass(frozen=True, eq=False)
class SourceEffect:
    """What a changed source does to the losses."""

    source: str
    change: SourceChange
    rows: int  # left out, or added
    difference: Difference  # beside the selection as it is


def source_arms(
    experiment: Experiment,
    sources: Sequence[str],
    rows: Sequence[int] | np.ndarray | None = None,
) -> list[Arm]:
    """The selection as it is, then each source left out of it and added to it, where that differs.

    sources: (pool,) of each example. rows: in place of those of the selection, such as the pool.
    """
    if rows is None:
        rows = experiment.chosen[experiment.selection]
    base = [int(row) for row in rows]
    steps = experiment.steps(len(experiment.chosen[experiment.selection]))
    arms = [experiment.tuned(experiment.selection, base, steps)]
    for source in sorted(set(sources)):
        for change, changed in changed_rows(experiment, sources, base, source).items():
            if changed and len(changed) != len(base):
                name = f"{source} {change}"
                cells = experiment.tuned(name, changed, steps).cells
                arms.append(SourceArm(name, cells, source, change))
    return arms


def changed_rows(
    experiment: Experiment, sources: Sequence[str], rows: Sequence[int], source: str
) -> dict[SourceChange, list[int]]:
    """Change -> rows without a source, and rows followed by all others of it."""
    free = np.flatnonzero(experiment.constraints.free).tolist()
    others = [row for row in free if sources[row] == source and row not in set(rows)]
    return {
        SourceChange.LEFT_OUT: [row for row in rows if sources[row] != source],
        SourceChange.ADDED: [*rows, *others],
    }


def source_effects_of(
    store: CellStore, arms: Sequence[Arm], clusters: Sequence[Hashable] | None = None
) -> list[SourceEffect]:
    """What the cells of `source_arms` say. Raises DamagedRun where one is not stored.

    clusters: (held out,) that of each example; examples of a cluster are drawn together.
    """
    scored, (base, *changed) = scored_losses(store, arms)
    owner = labels_of(clusters, scored)
    size = rows_of(arms[0])
    return [
        SourceEffect(
            arm.source, arm.change, abs(rows_of(arm) - size), difference(losses, base, owner)
        )
        for arm, losses in zip(arms[1:], changed)
        if isinstance(arm, SourceArm)
    ]


def rows_of(arm: Arm) -> int:
    """How many rows an arm is tuned on."""
    return len(arm.cells[0][0].rows)
