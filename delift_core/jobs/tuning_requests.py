"""The requests of jobs that tune models, and of one that shows what tuning reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from delift_core.jobs.request import Request
from delift_core.runs.folders import job_folder, training_folder


@dataclass(frozen=True)
class GradientsRequest(Request):
    """Compute what the gradients of a run lack, for method `gradients`."""

    task = "gradients"

    run: str
    workspace: str
    device: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)  # of GradientSettings

    @property
    def folder(self) -> Path:
        return job_folder(self.run, self.task)


@dataclass(frozen=True)
class CostRoundsRequest(Request):
    """Predict what the rounds of tuning that a run lacks take, for method `rounds`."""

    task = "cost_rounds"

    run: str
    workspace: str
    device: str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)  # of RoundSettings

    @property
    def folder(self) -> Path:
        return job_folder(self.run, self.task)


@dataclass(frozen=True)
class RoundsRequest(CostRoundsRequest):
    """Compute the rounds of tuning that a run lacks."""

    task = "rounds"


@dataclass(frozen=True)
class PlanValidationRequest(Request):
    """Settle what a validation measures, and what that will take."""

    task = "plan_validation"

    run: str
    workspace: str
    protocol: Mapping[str, Any]  # fields of Protocol
    selection: str | None = None  # digest of a stored selection
    choice: Mapping[str, Any] = field(default_factory=dict)  # that selects, where none is named
    held_out: str | None = None  # the address of the held-out examples meant
    device: str | None = None
    model: str | None = None  # to tune; None: that of the run
    executor: str | None = None  # by name, where models would be tuned; None: the worker itself

    @property
    def folder(self) -> Path:
        return job_folder(self.run, self.task)


@dataclass(frozen=True)
class ValidateRequest(Request):
    """Tune and measure the models that a validation lacks."""

    task = "validate"

    run: str
    workspace: str
    validation: str  # its address
    device: str | None = None
    executor: str | None = None  # by name; None: the worker itself

    @property
    def folder(self) -> Path:
        return job_folder(self.run, self.task)


@dataclass(frozen=True)
class TrainingViewRequest(Request):
    """Read the pool of a run as a trainer does, under a model's chat template."""

    task = "training_view"

    run: str
    model: str
    revision: str | None = None
    edits: Mapping[str, str] = field(default_factory=dict)  # example id -> edited response

    @property
    def folder(self) -> Path:
        return training_folder(self.run, self.model, self.revision, self.edits)
