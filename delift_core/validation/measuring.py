"""Tune a model for a cell, and measure it on the held-out examples."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import chain

import numpy as np

from delift_core.data.example import Dataset, Example
from delift_core.errors import ChangedModel, MethodUnavailable
from delift_core.executors.work import HERE, Executor, Perform, Task, Work
from delift_core.runs.record import recorded_model
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import Advance, prompter_for
from delift_core.scoring.prompts import Prompt, Prompter
from delift_core.scoring.threads import threads_in_use, use_threads
from delift_core.validation.answers import answer_score
from delift_core.validation.cells import Cell, CellStore, CellTime, Measured, row_digest
from delift_core.validation.clients import train
from delift_core.validation.metrics import greedy_answer, response_losses
from delift_core.validation.network import Tunable, tunable
from delift_core.validation.pruning import prune_prefix
from delift_core.validation.training import TrainingPlan, copied_weights
from delift_core.validation.tuners.register import TUNERS, pruned_vectors


@dataclass(frozen=True, eq=False)
class CellInputs:
    """What the cells of an experiment are tuned with and measured on.

    An executor with other processes sends it to them: `load` can be pickled then.
    """

    load: Callable[[], CausalModel]  # the base model anew, for tuning
    pool: Dataset
    held_out: Dataset
    further: tuple[Dataset, ...] = ()  # that cells measure too, besides the pool
    device: str = "cpu"  # that the model is loaded on

    @cached_property
    def rows(self) -> Mapping[str, Example]:
        """Digest -> training row."""
        return {row_digest(example): example for example in self.pool}

    @cached_property
    def measured(self) -> Mapping[str, Dataset]:
        """Fingerprint of the texts -> examples that a cell can measure."""
        datasets = (self.pool, self.held_out, *self.further)
        return {dataset.text_fingerprint: dataset for dataset in datasets}


def measure_unfinished(
    store: CellStore,
    cells: Iterable[Cell],
    inputs: CellInputs,
    advance: Advance = lambda rows: None,
    executor: Executor = HERE,
) -> Iterator[Cell]:
    """Tune, measure and store what is not stored yet; yields each cell when it is.

    A process that is killed loses the cell at work. advance: called with how many more rows were
    read, in training or measuring. executor: where that is done.
    """
    for cell, _ in measure_cells(store, store.unfinished(cells), inputs, advance, executor):
        yield cell


def measure_cells(
    store: CellStore,
    cells: Iterable[Cell],
    inputs: CellInputs,
    advance: Advance,
    executor: Executor,
) -> Iterator[tuple[Cell, CellTime]]:
    """The same for cells of which none is stored, each with what it took.

    cells: taken as there are workers for them.
    """
    opener = partial(open_cells, inputs, executor.threads)
    work = Work(opener(), opener, gpus=int(inputs.device == "cuda"))
    tasks = (Task(cell, f"cell {cell.address[:12]}", cell) for cell in cells)
    for cell, (measured, taken) in executor.results(work, tasks, advance):
        store.write(cell, measured)
        yield cell, taken


def open_cells(inputs: CellInputs, threads: int | None) -> Perform:
    """What measures cells in this process; the base model is checked as each cell loads it."""
    use_threads(threads)
    return partial(timed, inputs)


def timed(inputs: CellInputs, cell: Cell, advance: Advance) -> tuple[Measured, CellTime]:
    """A cell measured, and what that took."""
    began = time.monotonic()
    measured = measure(cell, inputs, advance)
    seconds = round(time.monotonic() - began, 3)
    return measured, CellTime(seconds, inputs.device, threads_in_use())


def measure(cell: Cell, inputs: CellInputs, advance: Advance = lambda rows: None) -> Measured:
    """The losses, and where they are asked for the scored answers, of the model of a cell.

    Raises ChangedModel, MethodUnavailable, and ModelUnavailable for a model not loaded for tuning.
    """
    model = inputs.load()
    refuse_changed(model, cell)
    prompter = prompter_for(model, cell.setting.template)
    tuned = tuned_network(cell, model, prompter, inputs, advance)
    rows = [prompter.alone(example) for example in inputs.held_out]
    losses = response_losses(tuned, rows, advance)  # (held out,)
    scores = np.full(len(rows), np.nan, dtype=np.float32)  # (held out,)
    if cell.setting.answers:
        for index in np.flatnonzero(np.isfinite(losses)).tolist():
            said = greedy_answer(tuned, rows[index], prompter)
            scores[index] = answer_score(said, inputs.held_out[index].response)
    also = {}
    for name in cell.also:
        further = [prompter.alone(example) for example in inputs.measured[name]]
        also[name] = response_losses(tuned, further, advance)  # (further,)
    return Measured(losses, scores, also)


def tuned_network(
    cell: Cell, model: CausalModel, prompter: Prompter, inputs: CellInputs, advance: Advance
) -> Tunable:
    """The network of a model after the training of a cell, or as it is for a cell without rows.

    One whose tuner prunes vectors is trained twice: to tell which, and without them.
    """
    tuned = attached(cell, model)
    if not cell.rows:
        return tuned
    clients = client_rows(cell, prompter, inputs)
    plan = plan_of(cell, sum(map(len, clients)))
    if count := pruned_vectors(cell.setting.tuner, cell.setting.options):
        start = copied_weights(tuned)
        train(tuned, clients, plan, advance)
        prune_prefix(tuned, [*chain(*clients)], start, count, advance)
    train(tuned, clients, plan, advance)
    return tuned


def attached(cell: Cell, model: CausalModel) -> Tunable:
    """The network of a model with the tuner of a cell; as it is for a cell without rows."""
    if not cell.rows:
        return tunable(model, None)
    tuner = TUNERS[cell.setting.tuner]
    return tunable(model, tuner, tuner.options(**cell.setting.options), cell.seed)


def client_rows(cell: Cell, prompter: Prompter, inputs: CellInputs) -> list[list[Prompt]]:
    """The training rows with a response, of each client by itself. Raises MethodUnavailable."""
    clients: dict[int, list[Prompt]] = {}
    numbers = cell.clients or (0,) * len(cell.rows)
    for row, number in zip(cell.rows, numbers, strict=True):
        prompt = prompter.alone(inputs.rows[row])
        if prompt.response:
            clients.setdefault(number, []).append(prompt)
    if not clients:
        raise MethodUnavailable(
            "No example to train on has a response. Choose examples with responses."
        )
    return list(clients.values())


def plan_of(cell: Cell, rows: int) -> TrainingPlan:
    """How the model of a cell is trained on so many rows: as many epochs as its steps need.

    Clients train for whole epochs, those nearest to the steps.
    """
    setting = cell.setting
    epochs = math.ceil(cell.steps / math.ceil(rows / setting.rows_per_step))
    if cell.clients:
        epochs = cell.client_epochs
    return TrainingPlan(
        epochs,
        setting.learning_rate,
        rows_per_step=setting.rows_per_step,
        seed=cell.seed,
        steps=None if cell.clients else cell.steps,
        optimizer=TUNERS[setting.tuner].optimizer,
    )


def refuse_changed(model: CausalModel, cell: Cell) -> None:
    """Raise ChangedModel where a model is not the base model of a cell."""
    expected = cell.setting.model
    if recorded_model(model.record, cell.setting.template) != expected:
        raise ChangedModel(
            f"{model.name}: the model that is here now is {model.revision}, and the validation was"
            f" begun with {expected['name']} {expected['revision']}. Put that back, or begin anew."
        )
