"""The tasks of a worker that tune models, or read examples as tuning does.

Everything heavy is imported inside, as in tasks.py.
"""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.jobs.progress import JobProgress
from delift_core.jobs.tuning_requests import (
    CostRoundsRequest,
    GradientsRequest,
    PlanValidationRequest,
    RoundsRequest,
    TrainingViewRequest,
    ValidateRequest,
)

if TYPE_CHECKING:
    from delift_core.runs.rounds import RoundStore
    from delift_core.runs.run import Run
    from delift_core.workflow.validation import Validation


def gradients(request: GradientsRequest, progress: JobProgress) -> dict:
    """The gradients in the run; units are examples read, those of earlier calls included."""
    progress.stage("starting torch")
    from delift_core.runs.gradient_work import missing_gradients
    from delift_core.runs.gradients import GradientStore
    from delift_core.runs.store import open_run
    from delift_core.selection.gradient_settings import GradientSettings
    from delift_core.workflow.gradients import complete_gradients

    settings = GradientSettings(**request.settings)
    work = missing_gradients(GradientStore(open_run(request.run), settings))
    missing, examples = work.examples, work.all_examples
    progress.total(examples, examples - missing)
    complete_gradients(work, request.device or "auto", Path(request.workspace), progress)
    return {"folder": str(work.store.folder), "examples": examples, "read": missing}


def cost_rounds(request: CostRoundsRequest, progress: JobProgress) -> dict:
    """How many rounds a run lacks, and a TuningCost."""
    progress.stage("starting torch")
    from delift_core.workflow.rounds import cost_of_rounds

    store, device = round_store(request), request.device or "auto"
    cost = cost_of_rounds(store, device, Path(request.workspace), progress)
    return {"rounds": len(store.missing), **asdict(cost)}


def rounds(request: RoundsRequest, progress: JobProgress) -> dict:
    """The rounds in the run; units are examples read, those of earlier calls included."""
    progress.stage("starting torch")
    from delift_core.workflow.rounds import complete_rounds

    store = round_store(request)
    missing, examples = store.unread, store.settings.passes(store.size)
    progress.total(examples, examples - missing)
    complete_rounds(store, request.device or "auto", Path(request.workspace), progress)
    return {"folder": str(store.folder), "examples": examples, "read": missing}


def round_store(request: CostRoundsRequest) -> "RoundStore":
    """The rounds that a request is about, as far as they are stored."""
    from delift_core.runs.rounds import RoundStore
    from delift_core.runs.store import open_run
    from delift_core.selection.round_settings import RoundSettings

    return RoundStore(open_run(request.run), RoundSettings(**request.settings))


def plan_validation(request: PlanValidationRequest, progress: JobProgress) -> dict:
    """The address of a validation that is recorded in the run now, and a TuningCost."""
    progress.stage("starting torch")
    from delift_core.executors.named import LOCAL, executor_named
    from delift_core.runs.store import open_run
    from delift_core.workflow.validate import cost_of_validation

    executor = executor_named(request.executor or LOCAL)
    validation = planned_validation(request, open_run(request.run, request.held_out))
    cost = cost_of_validation(validation, request.device or "auto", progress, executor)
    return {
        "validation": validation.settings.address,
        "all_models": len(validation.cells),
        "executor": request.executor,
        **asdict(cost),
    }


def planned_validation(request: PlanValidationRequest, run: "Run") -> "Validation":
    """The validation that a request asks for, recorded in its run."""
    from delift_core.selection.choice import choice_of
    from delift_core.workflow import plan_validation as planning
    from delift_core.workflow.validate import record_of_model

    if request.selection is None:
        subject = planning.chosen_now(run, choice_of(request.choice))
    else:
        subject = planning.stored_subject(run, request.selection)
    model = None
    if request.model is not None:
        model = record_of_model(request.model, request.device or "auto", run)
    return planning.plan_validation(run, subject, planning.protocol_of(request.protocol), model)


def validate(request: ValidateRequest, progress: JobProgress) -> dict:
    """The missing models of a validation, measured; units are rows read, those of before too."""
    progress.stage("starting torch")
    from delift_core.executors.named import LOCAL, executor_named
    from delift_core.runs.store import open_run
    from delift_core.workflow.validate import complete_validation
    from delift_core.workflow.validation import open_validation

    executor = executor_named(request.executor or LOCAL)
    validation = open_validation(open_run(request.run), request.validation)
    unfinished = validation.unfinished()
    rows = validation.rows_read(validation.cells)
    progress.total(rows, rows - validation.rows_read(unfinished))
    for _ in complete_validation(validation, request.device or "auto", progress, executor):
        pass
    models = len(validation.cells)
    return {"validation": request.validation, "models": models, "tuned": len(unfinished)}


def training_view(request: TrainingViewRequest, progress: JobProgress) -> dict:
    """The path of the pool's rows as a trainer reads them; units are examples."""
    progress.stage("reading the tokenizer")
    from delift_core.runs.store import open_run
    from delift_core.workflow.training_view import store_training_rows

    run = open_run(request.run)
    progress.total(len(run.pool))
    path = store_training_rows(
        run, request.model, request.revision, request.edits, progress.advance
    )
    return {"path": str(path)}
