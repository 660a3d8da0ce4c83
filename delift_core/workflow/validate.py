"""Tune and measure what a validation lacks, and predict what that will take.

Any number of calls, one after another or cut off half way, end in the same bytes.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from delift_core.comparison.cost import kernels_of
from delift_core.errors import DeliftError, refusing_when_out_of_memory
from delift_core.executors.work import HERE, Executor
from delift_core.runs.integrity import MissingWork
from delift_core.runs.lock import scoring_lock
from delift_core.runs.record import recorded_model
from delift_core.runs.run import Run
from delift_core.runs.store import workspace_of
from delift_core.scoring.model import pick_device
from delift_core.scoring.threads import threads_used
from delift_core.selection.methods import named_method
from delift_core.validation.cells import Cell
from delift_core.validation.measuring import CellInputs, measure_cells
from delift_core.validation.tuning_cost import NOTHING, TuningCost, measured_cost
from delift_core.workflow.models import (
    ModelOptions,
    held_device,
    load,
    model_of_run,
    options_of_record,
)
from delift_core.workflow.progress import SILENT, Progress
from delift_core.workflow.receipt import has_receipt, write_receipt
from delift_core.workflow.score import cost_of
from delift_core.workflow.validation import Validation


def complete_validation(
    validation: Validation,
    device: str = "auto",
    progress: Progress = SILENT,
    executor: Executor = HERE,
) -> Iterator[Cell]:
    """Tune and measure the cells that a validation lacks, yielding each once it is on disk.

    progress: advances by rows read. executor: where models are tuned. Raises MethodUnavailable
    without peft, ChangedModel, RunBusy while another process writes to the run, OutOfMemory,
    UnwritableFile.
    """
    unfinished = validation.unfinished()
    if not unfinished and has_receipt(validation):
        return
    folder = validation.run.folder
    with (
        held_device(device, workspace_of(validation.run), progress) as held,
        scoring_lock(folder),
        refusing_when_out_of_memory(lambda cause: memory_sentence(folder, cause)),
    ):
        inputs = cell_inputs(validation, held)
        cells, store = announced(unfinished, progress), validation.store
        for cell, taken in measure_cells(store, cells, inputs, progress.advance, executor):
            store.write_time(cell, taken)
            yield cell
    write_receipt(validation, scoring_seconds(validation, device, progress))


def announced(cells: Sequence[Cell], progress: Progress) -> Iterator[Cell]:
    """Cells one by one, each of them a stage."""
    for number, cell in enumerate(cells, 1):
        progress.stage(f"tuning model {number} of {len(cells)}")
        yield cell


def scoring_seconds(validation: Validation, device: str, progress: Progress) -> float | None:
    """What scoring every pair that the selection's method needs takes here, measured just now.

    None for a method that needs none, and where the model of the run cannot be loaded or measured:
    what was tuned has its receipt all the same.
    """
    run = validation.run
    kernels = kernels_of(named_method(validation.settings.method))
    if not kernels:
        return None
    progress.stage("measuring a few seconds of scoring")
    work = MissingWork(run, {name: run.tiles(name) for name in kernels})
    with (
        suppress(DeliftError),
        refusing_when_out_of_memory(lambda cause: memory_sentence(run.folder, cause)),
        model_of_run(run, device, workspace_of(run), progress) as model,
    ):
        return round(cost_of(work, model).seconds, 3)
    return None


def memory_sentence(folder: Path, cause: str) -> str:
    """What is said where the memory did not suffice."""
    return (
        f"{folder}: the model ran out of memory ({cause}). End other programs, choose another"
        " device, or fewer rows a step; what is finished is kept."
    )


def cell_inputs(validation: Validation, device: str) -> CellInputs:
    """What the cells of a validation are tuned with, on a device that is held."""
    options = tuned_model(validation, device)
    known = validation.run.datasets.get("known")
    return CellInputs(
        load=partial(load, options, device),
        pool=validation.run.pool,
        held_out=validation.held_out,
        further=() if known is None else (known,),
        device=device,
    )


def tuned_model(validation: Validation, device: str) -> ModelOptions:
    """How the model of a validation is loaded for tuning."""
    return replace(options_of_record(validation.settings.model, device), for_tuning=True)


def cost_of_validation(
    validation: Validation,
    device: str = "auto",
    progress: Progress = SILENT,
    executor: Executor = HERE,
) -> TuningCost:
    """What the missing cells will take, from some seconds of measuring; nothing is stored.

    executor: where models would be tuned; of a cluster, what one of its workers would take.
    """
    unfinished = validation.unfinished()
    if not unfinished:
        return NOTHING
    folder = validation.run.folder
    with (
        held_device(device, workspace_of(validation.run), progress) as held,
        refusing_when_out_of_memory(lambda cause: memory_sentence(folder, cause)),
        threads_used(executor.threads),
    ):
        progress.stage("measuring a few steps of tuning")
        cost = measured_cost(unfinished, cell_inputs(validation, held))
    return cost.shared_by(executor.processes or 1)


def record_of_model(name: str, device: str, run: Run) -> dict[str, Any]:
    """The record of another model than that of a run, to be tuned under the run's template."""
    options = ModelOptions(name, for_tuning=True)
    return recorded_model(load(options, pick_device(device)).record, run.record["template"])
