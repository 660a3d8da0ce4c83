"""Score what a run lacks, and say what that takes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.cli.options.plan import TimeLimit
from delift_core.cli.options.scoring import ScoringOptions
from delift_core.cli.progress import ScoringProgress
from delift_core.executors.work import HERE, Executor
from delift_core.units import duration, size

if TYPE_CHECKING:
    from delift_core.data.example import Dataset
    from delift_core.runs.integrity import MissingWork
    from delift_core.runs.run import Run
    from delift_core.scoring.model import CausalModel
    from delift_core.scoring.plan import Cost, Plan
    from delift_core.selection.choice import Choice
    from delift_core.workflow.plan import ScoringInputs


@dataclass(frozen=True, eq=False)
class ScoringRequest:
    """What a command scores: examples, kernels and plan."""

    datasets: Mapping[str, "Dataset"]  # role -> examples
    kernels: tuple[str, ...]
    plan: "Plan | TimeLimit"
    choice: "Choice | None" = None  # what is chosen afterwards


def scored_run(
    reporter: Reporter, request: ScoringRequest, options: ScoringOptions, executor: Executor = HERE
) -> "Run":
    """The run of a request with its kernels complete; what is stored is not scored again."""
    from delift_core.scoring.precision import agreement
    from delift_core.workflow.models import loaded_model

    reporter.say(
        "model",
        f"loading model {options.model} (the bundled one is unpacked on first use)",
        model=options.model,
    )
    progress = ScoringProgress(reporter)
    with loaded_model(options.model_options, options.workspace_folder, progress) as model:
        sentence = agreement(model.dtype)
        if sentence:
            reporter.say("precision", sentence, dtype=model.dtype)
        run = run_for(reporter, request, model, options)
        complete_kernels(run, model, request.kernels, progress, executor)
    return run


def say_notes(progress: ScoringProgress, run: "Run", kernels: tuple[str, ...]) -> None:
    """Say what is to know of how the kernels were scored, as far as it was not said meanwhile."""
    from delift_core.workflow.run_notes import run_notes

    for note in run_notes(run, kernels):
        progress.note(note)


def run_for(
    reporter: Reporter, request: ScoringRequest, model: "CausalModel", options: ScoringOptions
) -> "Run":
    """The run of a request and a model, under the template and the plan that the options name."""
    from delift_core.runs.store import create_run
    from delift_core.scoring.templates import template_name
    from delift_core.selection.choice import check_diagonal
    from delift_core.workflow.plan import ScoringInputs

    datasets, workspace = request.datasets, options.workspace_folder
    template = template_name(options.template, model.tokenizer)
    inputs = ScoringInputs(datasets, model, template, request.kernels)
    plan = settled_plan(reporter, request.plan, inputs, workspace)
    if request.choice:
        check_diagonal(request.choice, request.kernels, plan)  # minutes may have chosen the plan
    return create_run(workspace, datasets, model.record, template, plan)


def settled_plan(
    reporter: Reporter, plan: "Plan | TimeLimit", inputs: "ScoringInputs", workspace: Path
) -> "Plan":
    """The plan named, or the best that fits into the minutes; the same minutes choose it again."""
    from delift_core.wording import plan_line
    from delift_core.workflow.plan import plan_within

    minutes = None
    if isinstance(plan, TimeLimit):
        minutes = plan.minutes
        plan = plan_within(minutes, plan.seed, workspace, inputs)
    if minutes is not None or not plan.is_all:
        reporter.say(
            "plan",
            f"plan: {plan_line(plan)}",
            kind=str(plan.kind),
            share=None if plan.is_sparse else plan.share,
            number=plan.number,
            seed=plan.seed,
            minutes=minutes,
        )
    return plan


def complete_kernels(
    run: "Run",
    model: "CausalModel",
    kernels: tuple[str, ...],
    progress: ScoringProgress,
    executor: Executor = HERE,
) -> None:
    """Say what the missing work of some kernels costs, score it, and say what is to know of it."""
    from delift_core.runs.integrity import missing_work

    reporter, work = progress.reporter, missing_work(run, kernels)
    pairs = work.pairs
    reporter.say(
        "run", f"run folder {run.folder}: {pairs:,} pairs to score", folder=run.folder, pairs=pairs
    )
    if not work.is_empty:
        complete_work(work, model, progress, executor)
    say_notes(progress, run, kernels)


def complete_work(
    work: "MissingWork", model: "CausalModel", progress: ScoringProgress, executor: Executor
) -> None:
    """Say what missing work costs, and score it."""
    from delift_core.workflow.score import cost_of, score_missing

    reporter, pairs = progress.reporter, work.pairs
    say_reading(progress, model)
    if pairs:
        place = model.device if executor is HERE else f"one worker's {model.device}"
        say_cost(reporter, cost_of(work, model), place)
    with progress.bar(pairs):
        for _ in score_missing(work, model, progress, executor):
            pass


def say_reading(progress: ScoringProgress, model: "CausalModel") -> None:
    """Say that a model is not read in packs, where it is not."""
    from delift_core.scoring.packed_model import ready
    from delift_core.workflow.run_notes import reading_notes

    for note in reading_notes([ready(model).obstacle]):
        progress.note(note)


def say_cost(reporter: Reporter, cost: "Cost", device: str) -> None:
    """Say what scoring will take."""
    reporter.say(
        "cost",
        f"{cost.pairs:,} pairs, {cost.tokens:,} tokens: about {duration(cost.seconds)} on"
        f" {device}, {size(cost.memory)} of memory, at most {size(cost.disk)} of disk",
        pairs=cost.pairs,
        tokens=cost.tokens,
        seconds=round(cost.seconds, 1),
        memory=cost.memory,
        disk=cost.disk,
    )
