"""What the cells of a validation take, from a few steps and passes that are measured first."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from delift_core.data.example import Dataset
from delift_core.errors import MethodUnavailable
from delift_core.scoring.pairs import prompter_for
from delift_core.scoring.prompts import Prompt, Prompter
from delift_core.scoring.throughput import spread
from delift_core.validation.cells import Cell
from delift_core.validation.measuring import CellInputs, attached, plan_of
from delift_core.validation.metrics import greedy_answer, response_losses
from delift_core.validation.network import Tunable
from delift_core.validation.training import TrainingPlan, batches, optimizer_at, take_step
from delift_core.validation.tuners.register import pruned_vectors

MEASURED_SECONDS = 5.0  # of training; at least a step, behind one that is not counted
MEASURED_ROWS = 16  # of a pass
MEASURED_ANSWERS = 3


@dataclass(frozen=True)
class TuningCost:
    """What tuning and measuring will take. Seconds follow from rates measured just before."""

    models: int
    rows: int  # read in training and measuring, as progress counts them
    tokens: int  # read in training
    seconds: float

    def shared_by(self, processes: int) -> "TuningCost":
        """The same where so many models are tuned at a time: rounds of them, one after another.

        seconds = seconds of a model x ceil(models / processes)
        """
        if not self.models:
            return self
        rounds = math.ceil(self.models / processes)
        return replace(self, seconds=self.seconds / self.models * rounds)


NOTHING = TuningCost(0, 0, 0, 0.0)


@dataclass(frozen=True)
class Rates:
    """How fast a model is tuned and measured here."""

    loading: float  # seconds a model
    training: float  # tokens a second
    measuring: float  # tokens a second
    answering: float  # seconds an answer, 0 where none is asked for


@dataclass(frozen=True, eq=False)
class CellReading:
    """How many rows and tokens cells read."""

    inputs: CellInputs
    prompter: Prompter

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Digest of a training row -> its tokens, of those that have a response."""
        prompts = {row: self.prompter.alone(example) for row, example in self.inputs.rows.items()}
        return {row: len(prompt.fed) for row, prompt in prompts.items() if prompt.response}

    @cached_property
    def measured(self) -> Mapping[str, list[int]]:
        """Fingerprint of a dataset -> tokens of each row that is measured."""
        return {name: self.lengths(dataset) for name, dataset in self.inputs.measured.items()}

    def lengths(self, dataset: Dataset) -> list[int]:
        """Tokens of the different rows of a dataset that have a response."""
        prompts = dict.fromkeys(self.prompter.alone(example) for example in dataset)
        return [len(prompt.fed) for prompt in prompts if prompt.response]

    def trained(self, cell: Cell) -> list[int]:
        """Tokens of every row that a cell is trained on, as often as it is read."""
        lengths = [self.rows[row] for row in cell.rows if row in self.rows]
        if not lengths:
            return []
        plan = plan_of(cell, len(lengths))
        read = [length for batch in steps_of(lengths, plan) for length in batch]
        if pruned_vectors(cell.setting.tuner, cell.setting.options):
            return read + lengths + read  # what matters least is told between
        return read

    def held_out(self, cell: Cell) -> list[int]:
        """Tokens of every row that a cell is measured on."""
        names = (self.inputs.held_out.text_fingerprint, *cell.also)
        return [length for name in names for length in self.measured[name]]


def steps_of(rows: Sequence, plan: TrainingPlan) -> list[list]:
    """The rows of every step of a plan."""
    steps = [batch for epoch in range(1, plan.epochs + 1) for batch in batches(rows, plan, epoch)]
    return steps[: plan.total_steps(len(rows))]


def measured_cost(cells: Sequence[Cell], inputs: CellInputs) -> TuningCost:
    """What cells, at least one, will take: a model is tuned for some seconds and thrown away."""
    cell = max(cells, key=lambda cell: len(cell.rows))
    inputs.load()  # not counted: files may be converted and libraries read, once for all models
    began = time.perf_counter()
    model = inputs.load()
    prompter = prompter_for(model, cell.setting.template)
    tuned = attached(cell, model)
    loading = time.perf_counter() - began
    rates = Rates(
        loading,
        rate_of_cell(cell, tuned, prompter, inputs),
        measuring_rate(tuned, prompter, inputs),
        answering_seconds(tuned, prompter, inputs) if cell.setting.answers else 0.0,
    )
    return predicted_cost(cells, CellReading(inputs, prompter), rates)


def predicted_cost(cells: Sequence[Cell], reading: CellReading, rates: Rates) -> TuningCost:
    """What cells take at some rates.

    seconds = loading + trained / training rate + measured / measuring rate + answers, of each cell
    """
    answers = len(reading.measured[reading.inputs.held_out.text_fingerprint])
    rows = tokens = 0
    seconds = 0.0
    for cell in cells:
        trained, measured = reading.trained(cell), reading.held_out(cell)
        rows += len(trained) + len(measured)
        tokens += sum(trained)
        seconds += rates.loading + answers * rates.answering
        seconds += sum(trained) / rates.training + sum(measured) / rates.measuring
    return TuningCost(len(cells), rows, tokens, seconds)


def rate_of_cell(cell: Cell, tuned: Tunable, prompter: Prompter, inputs: CellInputs) -> float:
    """Tokens a second of the training of a cell; infinite for one that is not trained."""
    prompts = [prompter.alone(inputs.rows[row]) for row in cell.rows]
    rows = [prompt for prompt in prompts if prompt.response]
    if not rows:
        return math.inf
    return training_rate(tuned, rows, plan_of(cell, len(rows)))


def training_rate(tuned: Tunable, rows: Sequence[Prompt], plan: TrainingPlan) -> float:
    """Tokens a second of the first steps of a plan, behind one that is not counted."""
    optimizer = optimizer_at(tuned, plan, None, 0)
    first, *others = steps_of(rows, plan) + list(batches(rows, plan, 1))
    take_step(tuned, optimizer, first, 0.0, plan.clip)
    tokens, began = 0, time.perf_counter()
    for batch in others:
        take_step(tuned, optimizer, batch, 0.0, plan.clip)
        tokens += sum(len(row.fed) for row in batch)
        if time.perf_counter() > began + MEASURED_SECONDS:
            break
    return tokens / (time.perf_counter() - began)


def measuring_rate(tuned: Tunable, prompter: Prompter, inputs: CellInputs) -> float:
    """Tokens a second of a pass over some held-out rows."""
    rows = some_rows(prompter, inputs, MEASURED_ROWS)
    began = time.perf_counter()
    response_losses(tuned, rows)
    return sum(len(row.fed) for row in dict.fromkeys(rows)) / (time.perf_counter() - began)


def answering_seconds(tuned: Tunable, prompter: Prompter, inputs: CellInputs) -> float:
    """Seconds that an answer takes on average, of some held-out prompts."""
    rows = some_rows(prompter, inputs, MEASURED_ANSWERS)
    began = time.perf_counter()
    for row in rows:
        greedy_answer(tuned, row, prompter)
    return (time.perf_counter() - began) / len(rows)


def some_rows(prompter: Prompter, inputs: CellInputs, most: int) -> list[Prompt]:
    """Held-out rows with a response, the shortest, the longest and some between."""
    prompts = [prompter.alone(example) for example in inputs.held_out]
    rows = sorted((row for row in prompts if row.response), key=lambda row: len(row.fed))
    if not rows:
        raise MethodUnavailable(
            "No held-out example has a response to measure on. Give examples with responses."
        )
    return [rows[index] for index in dict.fromkeys(spread(len(rows), most))]
