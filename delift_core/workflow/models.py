"""Load a model for work on a workspace, its device held meanwhile."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from delift_core.errors import ChangedModel
from delift_core.runs.lock import device_lock
from delift_core.runs.record import recorded_model
from delift_core.runs.run import Run
from delift_core.scoring import model as models
from delift_core.scoring.model import CausalModel, pick_device
from delift_core.scoring.model_files import is_commit
from delift_core.workflow.progress import Progress


@dataclass(frozen=True)
class ModelOptions:
    """Which model, and how it is loaded."""

    name: str
    dtype: str = "float32"
    device: str = "auto"
    revision: str | None = None
    context: int | None = None
    for_tuning: bool = False  # weights that can be differentiated


@contextmanager
def loaded_model(
    options: ModelOptions, workspace: Path, progress: Progress
) -> Iterator[CausalModel]:
    """A model, its device held from before it is loaded until the block ends."""
    with held_device(options.device, workspace, progress) as device:
        progress.stage("loading the model")
        yield load(options, device)


@contextmanager
def held_device(name: str, workspace: Path, progress: Progress) -> Iterator[str]:
    """The device of that name, held; while another process of the workspace uses it, queued."""
    device = pick_device(name)
    reason = f"waiting for the {device} (another job is using it)"
    with device_lock(workspace, device, lambda: progress.queue(reason)):
        yield device


def load(options: ModelOptions, device: str) -> CausalModel:
    """The model, on a device that is held."""
    return models.load_model(
        options.name,
        dtype=options.dtype,
        device=device,
        revision=options.revision,
        context=options.context,
        for_tuning=options.for_tuning,
    )


@contextmanager
def model_of_run(
    run: Run, device: str, workspace: Path, progress: Progress, for_tuning: bool = False
) -> Iterator[CausalModel]:
    """The model that a run was made with, its device held. Raises ChangedModel for any other."""
    options = replace(options_of_run(run, device), for_tuning=for_tuning)
    with loaded_model(options, workspace, progress) as model:
        require_same_model(run, model)
        yield model


def model_anew(run: Run, device: str) -> CausalModel:
    """The model that a run was made with, for tuning, on a device that is held.

    Raises ChangedModel for any other.
    """
    model = load(replace(options_of_run(run, device), for_tuning=True), device)
    require_same_model(run, model)
    return model


def memory_sentence(run: Run, cause: str) -> str:
    """What is said where the memory did not suffice for tuning."""
    return (
        f"{run.folder}: the model ran out of memory ({cause}). End other programs, or choose"
        " another device; what is finished is kept."
    )


def options_of_run(run: Run, device: str) -> ModelOptions:
    """How the model of a run is loaded again."""
    return options_of_record(run.record["model"], device)


def options_of_record(record: Mapping[str, Any], device: str) -> ModelOptions:
    """How the model of a record is loaded again."""
    revision = record["revision"] if is_commit(record["revision"]) else None
    return ModelOptions(record["name"], record["dtype"], device, revision, record["context"])


def require_same_model(run: Run, model: CausalModel) -> None:
    """Raise ChangedModel unless a model is the one that a run was made with."""
    record = run.record["model"]
    here = recorded_model(model.record, run.record["template"])
    if {**here, "date": None} == {**record, "date": None} and here != record:
        raise ChangedModel(
            f"{run.folder}: scored with the date {record.get('date', 'of the day')} in the model's"
            f" chat template, and that is {here.get('date', 'of the day')} now, so new scores would"
            " not be comparable. What is scored can be used as it is; for the rest, score the data"
            " again as a new run."
        )
    if here != record:
        raise ChangedModel(
            f"{run.folder}: scored with {record['name']} {record['revision']}, and what is here"
            f" now is {model.name} {model.revision}. Put the model back or start a new run."
        )
