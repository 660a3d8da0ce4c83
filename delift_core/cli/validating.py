"""Validate a selection of a run, and say what it takes and what was found."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from delift_core.cli.console import Reporter
from delift_core.cli.options.choice import ChoiceOptions
from delift_core.cli.options.validation import ValidationOptions
from delift_core.cli.progress import ScoringProgress
from delift_core.cli.reading import say_read
from delift_core.cli.scoring import complete_kernels
from delift_core.executors.work import Executor
from delift_core.units import counted, duration

if TYPE_CHECKING:
    from delift_core.runs.run import Run
    from delift_core.selection.choice import Choice
    from delift_core.validation.tuning_cost import TuningCost
    from delift_core.workflow.plan_validation import Subject
    from delift_core.workflow.validation import Validation

NOT_OF_SELECTION = ("budget", "group_by")  # options of a choice that stand beside --selection too


def measured_on(
    reporter: Reporter, run: "Run", options: ValidationOptions, choice: "Choice"
) -> "Run":
    """The run with the held-out examples that are named; as it is where none are."""
    if options.held_out and options.hold_out:
        raise click.UsageError(
            "--held-out names examples of their own and --hold-out sets some of the pool aside;"
            " give one of the two."
        )
    if options.hold_out:
        return run_of_rest(reporter, run, options.hold_out, choice.group_by)
    if options.held_out is None:
        return run
    from delift_core.data.example import refuse_empty
    from delift_core.data.hold_out import without_repeats
    from delift_core.data.readers import read_dataset
    from delift_core.runs.held_out import attach_held_out
    from delift_core.scoring.kernel_names import HELD_OUT

    run = replace(run, held_out=None)  # those attached before may be damaged
    read = refuse_empty(read_dataset(options.held_out))
    held_out = without_repeats(read, run.pool, run.datasets.get("target"))
    say_read(reporter, HELD_OUT, held_out)
    return attach_held_out(run, held_out)


def run_of_rest(reporter: Reporter, run: "Run", amount: str, group_by: str | None) -> "Run":
    """A scored run of the pool without the examples that are set aside from it."""
    from delift_core.data.hold_out import hold_out
    from delift_core.runs.store import create_run, workspace_of
    from delift_core.scoring.kernel_names import HELD_OUT
    from delift_core.workflow.models import model_of_run

    rest, held_out = hold_out(run.pool, amount, group_by, target=run.datasets.get("target"))
    datasets = {**run.datasets, "pool": rest, HELD_OUT: held_out}
    record = run.record
    smaller = create_run(workspace_of(run), datasets, record["model"], record["template"], run.plan)
    reporter.say(
        "held_out",
        f"{counted(len(held_out), 'example')} of the pool set aside; the selection is made anew"
        f" from the other {len(rest):,}, in {smaller.folder}",
        held_out=len(held_out),
        pool=len(rest),
        run=smaller.folder,
    )
    kernels = tuple(name for name in smaller.possible if HELD_OUT not in name)
    if any(smaller.missing(name) for name in kernels):
        progress = ScoringProgress(reporter)
        with model_of_run(smaller, "auto", workspace_of(run), progress) as model:
            complete_kernels(smaller, model, kernels, progress)
    return smaller


def subject_of(
    run: "Run", measured: "Run", options: ValidationOptions, choice: "Choice"
) -> "Subject":
    """The selection that is validated: a stored one of the run, or what the choice selects now.

    measured: the run of the validation; where it is another, selections are made anew in it.
    """
    from delift_core.workflow.plan_validation import chosen_now, stored_subject, subject_in

    if options.selection is None:
        return chosen_now(measured, choice)
    given = given_options(ChoiceOptions)
    for name in given:
        if name not in NOT_OF_SELECTION:
            raise click.UsageError(
                f"--selection names a choice that is made; leave out --{name.rstrip('s')}, or"
                " --selection."
            )
    subject = stored_subject(run, options.selection, choice.budget if "budget" in given else None)
    return subject if measured.folder == run.folder else subject_in(measured, subject)


def given_options(record: type) -> list[str]:
    """The fields of a record of options that stand on the command line."""
    context = click.get_current_context()
    names = [field.name for field in fields(record)]
    return [
        name for name in names if context.get_parameter_source(name) is not ParameterSource.DEFAULT
    ]


def tuned_record(
    reporter: Reporter, run: "Run", options: ValidationOptions
) -> "Mapping[str, Any] | None":
    """The record of the model that is named to be tuned; None where none is."""
    if options.model is None:
        return None
    from delift_core.wording import other_model_line
    from delift_core.workflow.validate import record_of_model

    record = record_of_model(options.model, options.device, run)
    scored_with = run.record["model"]["name"]
    if record["name"] != scored_with:
        reporter.say("model", other_model_line(scored_with, record["name"]))
    return record


def say_cost(reporter: Reporter, validation: "Validation", device: str, executor: Executor) -> None:
    """Say what the missing models of a validation will take, measured just now."""
    from delift_core.workflow.validate import cost_of_validation

    cost = cost_of_validation(validation, device, ScoringProgress(reporter), executor)
    stored = len(validation.cells) - cost.models
    reporter.say(
        "cost",
        cost_line(cost, stored),
        validation=validation.settings.address,
        folder=validation.folder,
        models=cost.models,
        stored=stored,
        rows=cost.rows,
        tokens=cost.tokens,
        seconds=round(cost.seconds, 1),
    )


def cost_line(cost: "TuningCost", stored: int) -> str:
    """How many models are to be tuned, how many are stored, and how long it will take."""
    line = f"{counted(cost.models, 'model')} to tune and measure"
    if stored:
        line += f", {stored:,} are stored already"
    if cost.models:
        line += f": about {duration(cost.seconds)}"
    return line


def tune_missing(
    reporter: Reporter, validation: "Validation", device: str, executor: Executor
) -> None:
    """Tune and measure the models that a validation lacks."""
    from delift_core.workflow.validate import complete_validation

    unfinished, progress = validation.unfinished(), ScoringProgress(reporter)
    with progress.bar(validation.rows_read(unfinished), "rows", "tuned and measured"):
        for _ in complete_validation(validation, device, progress, executor):
            pass
