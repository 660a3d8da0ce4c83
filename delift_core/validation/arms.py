"""The arms of an experiment: what a selection is measured beside, and the cells of each arm.

untuned                    the base model
random                     random selections under the same constraints, each with a seed of its own
a selection, any other     tuned with several seeds
whole pool, equal steps    all examples, for as many steps as the selection
whole pool, equal epochs   all examples, as many times each as those of the selection
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import InvalidName
from delift_core.selection.baselines.random import random_order
from delift_core.selection.constraints import Constraints
from delift_core.validation.cells import Cell, Setting, row_digest

UNTUNED = "untuned"
RANDOM = "random"
WHOLE_AT_EQUAL_STEPS = "whole pool, equal steps"
WHOLE_AT_EQUAL_EPOCHS = "whole pool, equal epochs"
TAKEN = (UNTUNED, RANDOM, WHOLE_AT_EQUAL_STEPS, WHOLE_AT_EQUAL_EPOCHS)


@dataclass(frozen=True)
class Arm:
    """A way to train, as it is repeated."""

    name: str
    cells: tuple[tuple[Cell, ...], ...]  # (selections, seeds)


@dataclass(frozen=True)
class Design:
    """How large an experiment is."""

    epochs: int = 3  # through the selection
    random: int = 8  # random selections, each tuned once
    seeds: int = 3  # of every other arm that is tuned


@dataclass(frozen=True, eq=False)
class Experiment:
    """A selection to validate, the others beside it, and what random ones keep to."""

    pool: Dataset
    selection: str  # the one of `chosen` that the sentence is about
    chosen: Mapping[str, Sequence[int] | np.ndarray]  # name -> rows of the pool, in order of choice
    constraints: Constraints
    setting: Setting
    design: Design = Design()

    def __post_init__(self):
        for name in TAKEN:
            if name in self.chosen:
                raise InvalidName(
                    f"{name!r} is an arm of every validation. Give the selection another name."
                )

    def steps(self, rows: int) -> int:
        """The steps of all epochs through so many rows."""
        return self.design.epochs * math.ceil(rows / self.setting.rows_per_step)


def arms_of(experiment: Experiment) -> list[Arm]:
    """Every arm of an experiment, the untuned model first.

    All that are tuned have equal steps, but the whole pool at equal epochs.
    """
    design = experiment.design
    digests = [row_digest(example) for example in experiment.pool]
    steps = experiment.steps(len(experiment.chosen[experiment.selection]))

    def tuned(name: str, rows: Iterable[int], steps: int = steps) -> Arm:
        """An arm of one selection and several seeds."""
        texts = tuple(digests[row] for row in rows)
        seeds = range(design.seeds)
        return Arm(name, (tuple(Cell(experiment.setting, texts, steps, seed) for seed in seeds),))

    whole = range(len(digests))
    return [
        Arm(UNTUNED, ((Cell(experiment.setting),),)),
        random_arm(experiment, digests, steps),
        *(tuned(name, np.asarray(rows).tolist()) for name, rows in experiment.chosen.items()),
        tuned(WHOLE_AT_EQUAL_STEPS, whole),
        tuned(WHOLE_AT_EQUAL_EPOCHS, whole, experiment.steps(len(digests))),
    ]


def random_arm(experiment: Experiment, digests: Sequence[str], steps: int) -> Arm:
    """Random selections under the constraints of the experiment.

    Each is tuned with a seed of its own, so that they differ by chance in everything.
    """
    cells = []
    for seed in range(experiment.design.random):
        rows = random_order(experiment.constraints, seed).tolist()
        texts = tuple(digests[row] for row in rows)
        cells.append((Cell(experiment.setting, texts, steps, seed),))
    return Arm(RANDOM, tuple(cells))


def cells_of(arms: Iterable[Arm]) -> list[Cell]:
    """The cells of all arms, each once."""
    listed = [cell for arm in arms for seeds in arm.cells for cell in seeds]
    return list({cell.address: cell for cell in listed}.values())
