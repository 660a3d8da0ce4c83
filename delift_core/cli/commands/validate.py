"""`delift validate`: measure by tuning whether a selection helps."""

from pathlib import Path

import click

from delift_core.cli.choosing import say_changed_sources
from delift_core.cli.console import Reporter
from delift_core.cli.options.choice import ChoiceOptions, choice_from, choice_options
from delift_core.cli.options.common import reporter_option, run_argument
from delift_core.cli.options.executor import ExecutorOptions, executor_options
from delift_core.cli.options.validation import ValidationOptions, validation_options
from delift_core.cli.validating import (
    measured_on,
    say_cost,
    subject_of,
    tune_missing,
    tuned_record,
)


@click.command("validate")
@run_argument
@validation_options
@choice_options
@executor_options
@reporter_option
def validate_command(
    reporter: Reporter,
    folder: Path,
    validation_options: ValidationOptions,
    choice_options: ChoiceOptions,
    executor_options: ExecutorOptions,
) -> None:
    """Tune on a selection and on random ones, and measure both on held-out examples.

    What it takes is measured and said first. Every tuned model is stored as soon as it is measured:
    the same command goes on where it was stopped.
    """
    from delift_core.cli.findings import say_findings
    from delift_core.runs.store import open_run
    from delift_core.workflow.findings import findings_of
    from delift_core.workflow.plan_validation import plan_validation

    executor, choice = executor_options.chosen, choice_from(choice_options)
    run = open_run(folder)
    say_changed_sources(reporter, run)
    measured = measured_on(reporter, run, validation_options, choice)
    subject = subject_of(run, measured, validation_options, choice)
    protocol = validation_options.protocol(choice.group_by)
    model = tuned_record(reporter, measured, validation_options)
    validation = plan_validation(measured, subject, protocol, model)
    say_cost(reporter, validation, validation_options.device, executor)
    if validation_options.cost:
        return
    tune_missing(reporter, validation, validation_options.device, executor)
    say_findings(reporter, validation, findings_of(validation))
