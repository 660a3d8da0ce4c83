"""The requests that start a job: one record a task, with its arguments and its folder."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Self

from delift_core.data.read_options import ReadOptions
from delift_core.errors import NotAJob, UnknownChoice
from delift_core.files import digest, read_json
from delift_core.jobs.request import Request
from delift_core.jobs.tuning_requests import (
    CostRoundsRequest,
    GradientsRequest,
    PlanValidationRequest,
    RoundsRequest,
    TrainingViewRequest,
    ValidateRequest,
)
from delift_core.runs.folders import job_folder, pair_folder


@dataclass(frozen=True)
class ReadRequest(Request):
    """Read a source into the dataset/ of the job's folder."""

    task = "read"
    unstored = frozenset({"workspace", "source_digest"})

    source: str
    options: ReadOptions = field(default_factory=ReadOptions)
    name: str | None = None  # of the source in sentences, where that is not where it is kept
    workspace: str | Path = ""
    source_digest: str | None = None  # of a local file: one that was edited is read anew

    @property
    def folder(self) -> Path:
        return Path(self.workspace) / "datasets" / digest([self.arguments, self.source_digest])[:16]

    @property
    def arguments(self) -> dict[str, object]:
        values = {"source": self.source, "name": self.name, **vars(self.options)}
        return {name: value for name, value in values.items() if value is not None}

    @classmethod
    def from_arguments(cls, arguments: Mapping) -> Self:
        names = {part.name for part in fields(ReadOptions)}
        stored = {name: value for name, value in arguments.items() if value is not None}
        options = {name: value for name, value in stored.items() if name in names}
        return cls(stored["source"], ReadOptions(**options), stored.get("name"))


@dataclass(frozen=True)
class DescribeModelRequest(Request):
    """Describe a model and what it needs, without reading a weight."""

    task = "describe"
    unstored = frozenset({"workspace"})

    model: str
    dtype: str = "float32"
    revision: str | None = None
    context: int | None = None
    workspace: str | Path = ""

    @property
    def folder(self) -> Path:
        return model_folder(self.workspace, self)


@dataclass(frozen=True)
class TracePairRequest(Request):
    """Load a model and score one pair with it."""

    task = "try"

    model: str
    answered: int  # positions in the dataset
    shown: int
    workspace: str
    dtype: str = "float32"
    revision: str | None = None
    context: int | None = None
    device: str | None = None
    template: str | None = None
    dataset: str | None = None  # the folder of one that was read; None: the demo's pool

    @property
    def folder(self) -> Path:
        return model_folder(self.workspace, self)


def model_folder(workspace: str | Path, request: Request) -> Path:
    """The folder of a question about a model."""
    return Path(workspace) / "models" / digest(request.arguments)[:16] / request.task


@dataclass(frozen=True)
class CostRequest(Request):
    """Predict what scoring the missing tiles of some kernels of a run takes."""

    task = "cost"

    run: str
    kernels: Sequence[str]
    workspace: str
    device: str | None = None
    held_out: str | None = None  # the address of the held-out examples meant

    @property
    def folder(self) -> Path:
        parts = ["cost", *sorted(self.kernels), *filter(None, [self.held_out])]
        return job_folder(self.run, "-".join(parts))


@dataclass(frozen=True)
class ScoreRequest(Request):
    """Score the missing tiles of some kernels of a run."""

    task = "score"

    run: str
    kernels: Sequence[str]
    workspace: str
    device: str | None = None
    held_out: str | None = None  # the address of the held-out examples meant
    executor: str | None = None  # by name; None: the worker itself

    @property
    def folder(self) -> Path:
        return score_folder(self.run)


def score_folder(run_folder: str | Path) -> Path:
    """The folder of the job that scores a run, whatever its kernels."""
    return job_folder(run_folder, ScoreRequest.task)


@dataclass(frozen=True)
class UnpromptedRequest(Request):
    """Score the responses of a role of a run without their prompts."""

    task = "unprompted"

    run: str
    role: str
    workspace: str
    device: str | None = None

    @property
    def folder(self) -> Path:
        return job_folder(self.run, f"{self.task}-{self.role}")


@dataclass(frozen=True)
class ProjectRequest(Request):
    """Lay out a map of a run's pool."""

    task = "project"

    run: str
    of: str
    seed: int = 0

    @property
    def folder(self) -> Path:
        return job_folder(self.run, f"project-{self.of}")


@dataclass(frozen=True)
class ExplainPairRequest(Request):
    """Score one pair of a run again, token by token."""

    task = "explain"

    run: str
    kernel: str
    answered: int  # positions in the kernel's roles
    shown: int
    workspace: str
    device: str | None = None

    @property
    def folder(self) -> Path:
        return pair_folder(self.run, self.kernel, self.answered, self.shown)


REQUESTS: dict[str, type[Request]] = {
    request.task: request
    for request in (
        ReadRequest,
        DescribeModelRequest,
        TracePairRequest,
        CostRequest,
        ScoreRequest,
        UnpromptedRequest,
        ProjectRequest,
        GradientsRequest,
        CostRoundsRequest,
        RoundsRequest,
        PlanValidationRequest,
        ValidateRequest,
        TrainingViewRequest,
        ExplainPairRequest,
    )
}


def stored_request(folder: Path) -> Request:
    """The request of a job folder. Raises NotAJob and UnknownChoice."""
    spec = read_json(folder / "spec.json") or {}
    if not {"task", "arguments"} <= set(spec):
        raise NotAJob(
            f"{folder}: not a job folder (no readable spec.json in it). Start the job again."
        )
    if spec["task"] not in REQUESTS:
        raise UnknownChoice(
            f"There is no task {spec['task']!r}. Choose one of {', '.join(REQUESTS)}."
        )
    return REQUESTS[spec["task"]].from_arguments(spec["arguments"])
