"""The arms of an experiment: what a selection is measured beside, and the cells of each arm.

untuned                    the base model
random                     random selections under the same constraints, each with a seed of its own
a selection, any other     tuned with several seeds
whole pool, equal steps    all examples, for as many steps as the selection
whole pool, equal epochs   all examples, as many times each as those of the selection
whole pool, equal tokens   all examples, for as many response tokens (see equal_tokens.py)
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from delift_core.data.example import Dataset
from delift_core.errors import InvalidName, InvalidValidation
from delift_core.selection.baselines.random import random_order
from delift_core.selection.constraints import Constraints
from delift_core.validation.cells import Cell, Setting, row_digest

UNTUNED = "untuned"
RANDOM = "random"
WHOLE_AT_EQUAL_STEPS = "whole pool, equal steps"
WHOLE_AT_EQUAL_EPOCHS = "whole pool, equal epochs"
WHOLE_AT_EQUAL_TOKENS = "whole pool, equal tokens"
WHOLE_POOL_ARMS = (WHOLE_AT_EQUAL_STEPS, WHOLE_AT_EQUAL_EPOCHS, WHOLE_AT_EQUAL_TOKENS)
TAKEN = (UNTUNED, RANDOM, *WHOLE_POOL_ARMS)
LEAST = 2  # random selections, seeds, held-out examples: one alone tells nothing of chance

Rows = Sequence[int] | np.ndarray  # of the pool, in order of choice
Steps = Callable[[Rows], int]  # for how many steps a model is tuned on rows


def taken_name(name: str) -> str:
    """What is said of a selection that has the name of an arm of every validation."""
    return f"{name!r} is an arm of every validation. Give the selection another name."


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

    def __post_init__(self):
        if min(self.random, self.seeds) < LEAST:
            raise InvalidValidation(
                f"{self.random} random selections and {self.seeds} seeds tell nothing of chance."
                f" Give at least {LEAST} of each."
            )


USUAL = Design()


@dataclass(frozen=True, eq=False)
class Experiment:
    """A selection to validate, the others beside it, and what random ones keep to."""

    pool: Dataset
    selection: str  # the one of `chosen` that the sentence is about
    chosen: Mapping[str, Rows]  # name -> its rows
    constraints: Constraints
    setting: Setting
    design: Design = USUAL
    known: Dataset | None = None  # every model is measured on these too
    sources: Sequence[str] | None = None  # (pool,) of each example, where each trains apart
    learned: bool = False  # the base model and the first of the selection on the pool as well

    def __post_init__(self):
        for name in TAKEN:
            if name in self.chosen:
                raise InvalidName(taken_name(name))

    def steps(self, rows: int) -> int:
        """The steps of all epochs through so many rows."""
        return self.design.epochs * math.ceil(rows / self.setting.rows_per_step)

    @cached_property
    def digests(self) -> list[str]:
        """(pool,) what names each example among the rows of a cell."""
        return [row_digest(example) for example in self.pool]

    def cell(self, rows: Iterable[int] = (), steps: int = 0, seed: int = 0) -> Cell:
        """The model that is tuned on rows of the pool in that order; without any the base model."""
        tuned_on = [int(row) for row in rows]
        texts = tuple(self.digests[row] for row in tuned_on)
        further, clients = self.further(tuned_on, seed), self.clients(tuned_on)
        return Cell(self.setting, texts, steps, seed, further, clients)

    def clients(self, rows: Sequence[int]) -> tuple[int, ...]:
        """The client of each row, numbered as they first come; none where rows train together."""
        if self.sources is None:
            return ()
        sources = [self.sources[row] for row in rows]
        numbers = {source: number for number, source in enumerate(dict.fromkeys(sources))}
        return tuple(numbers[source] for source in sources)

    def further(self, rows: Sequence[int], seed: int) -> tuple[str, ...]:
        """Fingerprints of what a model is measured on besides the held-out examples."""
        datasets = []
        if self.known is not None:
            datasets.append(self.known)
        is_first = seed == 0 and list(rows) in ([], list(self.chosen[self.selection]))
        if self.learned and is_first:
            datasets.append(self.pool)
        return tuple(dataset.text_fingerprint for dataset in datasets)

    def tuned(self, name: str, rows: Iterable[int], steps: int) -> Arm:
        """An arm of one selection and several seeds."""
        chosen, seeds = list(rows), range(self.design.seeds)
        return Arm(name, (tuple(self.cell(chosen, steps, seed) for seed in seeds),))


def arms_of(experiment: Experiment) -> list[Arm]:
    """Every arm of an experiment, the untuned model first.

    All that are tuned have equal steps, but the whole pool at equal epochs. Clients train for whole
    epochs: where these are longer than the steps, each example is read once.
    """
    steps = experiment.steps(len(experiment.chosen[experiment.selection]))
    whole = range(len(experiment.pool))
    return [
        *arms_of_selections(experiment, lambda rows: steps),
        experiment.tuned(WHOLE_AT_EQUAL_STEPS, whole, steps),
        experiment.tuned(WHOLE_AT_EQUAL_EPOCHS, whole, experiment.steps(len(whole))),
    ]


def arms_of_selections(experiment: Experiment, steps: Steps) -> list[Arm]:
    """The untuned model, random selections, and those that are chosen."""
    return [
        Arm(UNTUNED, ((experiment.cell(),),)),
        random_arm(experiment, experiment.constraints, steps),
        *(experiment.tuned(name, rows, steps(rows)) for name, rows in experiment.chosen.items()),
    ]


def random_arm(
    experiment: Experiment, constraints: Constraints, steps: Steps, name: str = RANDOM
) -> Arm:
    """Random selections under constraints.

    Each is tuned with a seed of its own, so that they differ by chance in everything.
    """
    cells = []
    for seed in range(experiment.design.random):
        rows = random_order(constraints, seed)
        cells.append((experiment.cell(rows, steps(rows), seed),))
    return Arm(name, tuple(cells))


def cells_of(arms: Iterable[Arm]) -> list[Cell]:
    """The cells of all arms, each once."""
    listed = [cell for arm in arms for seeds in arm.cells for cell in seeds]
    return list({cell.address: cell for cell in listed}.values())
