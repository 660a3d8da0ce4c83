"""The tasks of a worker: each takes a request and its progress, and returns what result.json holds.

Everything heavy is imported inside, so that the worker has its lock, and can say so, before torch
is there.
"""

import shutil
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from delift_core.jobs.progress import JobProgress
from delift_core.jobs.requests import (
    CostRequest,
    CostRoundsRequest,
    DescribeModelRequest,
    ExplainPairRequest,
    GradientsRequest,
    PlanValidationRequest,
    ProjectRequest,
    ReadRequest,
    RoundsRequest,
    ScoreRequest,
    TracePairRequest,
    TrainingViewRequest,
    UnpromptedRequest,
    ValidateRequest,
)
from delift_core.jobs.tuning_tasks import (
    cost_rounds,
    gradients,
    plan_validation,
    rounds,
    training_view,
    validate,
)

if TYPE_CHECKING:
    from delift_core.data.example import Dataset


def read(request: ReadRequest, progress: JobProgress) -> dict:
    """The dataset in the job's folder, and what was noticed; a sample of the rows before that."""
    from delift_core.data.readers import dataset_from, read_rows
    from delift_core.runs.tables import write_dataset
    from delift_core.workflow.read import first_rows, naming_source

    progress.stage("reading the rows")
    with naming_source(request.source, request.name):
        raw = read_rows(request.source, request.options)
        sample = first_rows(raw)
        progress.publish(sample)
        progress.stage("checking the rows")
        dataset = dataset_from(raw, request.options)
    if request.name:
        dataset = replace(dataset, source=request.name)
    progress.stage("writing the examples")
    write_dataset(dataset, progress.folder / "dataset")
    return {
        **sample,
        "examples": len(dataset),
        "format": dataset.format,
        "source": dataset.source,
        "kinds": {str(kind): count for kind, count in dataset.counts.items()},
        "collapsed": sum(len(group) for group in dataset.collapsed.values()),
    }


def describe_model(request: DescribeModelRequest, progress: JobProgress) -> dict:
    """A Description of the model."""
    progress.stage("reading the configuration")
    from delift_core.scoring import describe

    description = describe.describe_model(
        request.model, dtype=request.dtype, revision=request.revision, context=request.context
    )
    return asdict(description)


def trace_pair(request: TracePairRequest, progress: JobProgress) -> dict:
    """A PairTrace, the model's record, and the seconds that loading and scoring took."""
    progress.stage("starting torch")
    from delift_core.scoring import pair_trace
    from delift_core.scoring.pairs import scorer_for
    from delift_core.scoring.templates import template_name
    from delift_core.workflow.explain import example_at
    from delift_core.workflow.models import ModelOptions, held_device, load

    dataset = dataset_in(request.dataset)
    answered, shown = (example_at(dataset, end) for end in (request.answered, request.shown))
    options = ModelOptions(
        request.model, request.dtype, revision=request.revision, context=request.context
    )
    device = request.device or "auto"
    with held_device(device, Path(request.workspace), progress) as device:
        progress.stage("loading the model")
        began = time.monotonic()
        model = load(options, device)
        loading = time.monotonic() - began
        progress.stage("scoring one pair")
        template = template_name(request.template or "auto", model.tokenizer)
        scorer = scorer_for(model, template)
        began = time.monotonic()
        trace = pair_trace.trace_pair(scorer, answered, shown)
        scoring = time.monotonic() - began
    return {
        "record": model.record,
        "template": template,
        "device": model.device,
        "parameters": model.parameters,
        "obstacle": scorer.model.obstacle,
        "seconds": {"loading": loading, "scoring": scoring},
        **asdict(trace),
    }


def dataset_in(folder: str | None) -> "Dataset":
    """The dataset in a folder; the demo's pool where none is named."""
    from delift_core.runs.store import bundled_run
    from delift_core.runs.tables import read_dataset_folder

    if folder is None:
        return bundled_run().pool
    return read_dataset_folder(Path(folder))


def cost(request: CostRequest, progress: JobProgress) -> dict:
    """A Cost, against the memory and disk there are, and what other plans would take."""
    progress.stage("starting torch")
    from delift_core.runs.integrity import missing_work
    from delift_core.runs.store import open_run
    from delift_core.scoring.memory import free_memory
    from delift_core.scoring.model import pick_device
    from delift_core.scoring.packed_model import ready
    from delift_core.scoring.plan import Cost
    from delift_core.workflow.models import model_of_run
    from delift_core.workflow.plan import plan_costs
    from delift_core.workflow.score import cost_of

    run = open_run(request.run, request.held_out)
    work = missing_work(run, request.kernels)
    device = pick_device(request.device or "auto")
    predicted, plans, obstacle = Cost(0, 0, 0.0, 0, 0), {}, ""
    if any(work.tiles.values()):
        with model_of_run(run, device, Path(request.workspace), progress) as model:
            progress.stage("measuring a few seconds of scoring")
            predicted = cost_of(work, model)
            plans = {"plans": plan_costs(work, model, predicted)}
            obstacle = ready(model).obstacle
    seconds = predicted.seconds
    return {
        **asdict(predicted),
        **plans,
        "obstacle": obstacle,
        "device": device,
        "free": free_memory(device),
        "free_disk": shutil.disk_usage(run.folder).free,
        "tokens_per_second": predicted.tokens / seconds if seconds else None,
    }


def score(request: ScoreRequest, progress: JobProgress) -> dict:
    """The missing tiles in the run; units are pairs, those that are stored already included."""
    progress.stage("starting torch")
    from delift_core.executors.named import LOCAL, executor_named
    from delift_core.runs.integrity import missing_work
    from delift_core.runs.store import open_run
    from delift_core.workflow.models import model_of_run
    from delift_core.workflow.score import score_missing

    run, device = open_run(request.run, request.held_out), request.device or "auto"
    executor = executor_named(request.executor or LOCAL)
    work = missing_work(run, request.kernels)
    missing, pairs = work.pairs, work.all_pairs
    progress.total(pairs, pairs - missing)
    if not work.is_empty:
        with model_of_run(run, device, Path(request.workspace), progress) as model:
            for _ in score_missing(work, model, progress, executor):
                pass
    result: dict = {"kernels": list(request.kernels), "pairs": pairs, "scored": missing}
    if progress.notes:
        result["notes"] = progress.notes
    return result


def unprompted(request: UnpromptedRequest, progress: JobProgress) -> dict:
    """The pass over a role's responses without their prompts in the run; units are examples."""
    progress.stage("starting torch")
    from delift_core.runs.store import open_run
    from delift_core.runs.unprompted import has_unprompted
    from delift_core.workflow.models import model_of_run
    from delift_core.workflow.unprompted import complete_unprompted

    run, device = open_run(request.run), request.device or "auto"
    examples = len(run.datasets[request.role])
    is_stored = has_unprompted(run, request.role)
    progress.total(examples, examples if is_stored else 0)
    if not is_stored:
        with model_of_run(run, device, Path(request.workspace), progress) as model:
            complete_unprompted(run, model, request.role, progress)
    return {"role": request.role, "examples": examples, "scored": 0 if is_stored else examples}


def project(request: ProjectRequest, progress: JobProgress) -> dict:
    """The path of the Parquet file with a position on the map for every example of the pool."""
    progress.stage("laying out the map")
    from delift_core.runs.store import open_run
    from delift_core.workflow.project import project_run

    return {"path": str(project_run(open_run(request.run), request.of, request.seed))}


def explain_pair(request: ExplainPairRequest, progress: JobProgress) -> dict:
    """A PairTrace of a pair of a run, token by token."""
    progress.stage("starting torch")
    from delift_core.runs.store import open_run
    from delift_core.workflow.explain import explain_pairs, pair_examples
    from delift_core.workflow.models import model_of_run

    run, device = open_run(request.run), request.device or "auto"
    pair = (request.answered, request.shown)
    pair_examples(run, request.kernel, pair)  # refuses before a model is loaded
    with model_of_run(run, device, Path(request.workspace), progress) as model:
        progress.stage("scoring the pair token by token")
        (trace,) = explain_pairs(run, model, request.kernel, [pair])
    return asdict(trace)


TASKS: dict[str, Callable[[Any, JobProgress], dict]] = {
    ReadRequest.task: read,
    DescribeModelRequest.task: describe_model,
    TracePairRequest.task: trace_pair,
    CostRequest.task: cost,
    ScoreRequest.task: score,
    UnpromptedRequest.task: unprompted,
    ProjectRequest.task: project,
    GradientsRequest.task: gradients,
    CostRoundsRequest.task: cost_rounds,
    RoundsRequest.task: rounds,
    PlanValidationRequest.task: plan_validation,
    ValidateRequest.task: validate,
    TrainingViewRequest.task: training_view,
    ExplainPairRequest.task: explain_pair,
}
