"""`delift run`: read, score, choose and export."""

from dataclasses import replace
from pathlib import Path

import click

from delift_core.cli.choosing import choose_in_run, kernels_for
from delift_core.cli.console import Reporter
from delift_core.cli.exporting import ChosenInRun, audited, export_selection
from delift_core.cli.invocation import current_command_line, settled_plan_options
from delift_core.cli.options.choice import ChoiceOptions, choice_from, choice_options
from delift_core.cli.options.common import reporter_option
from delift_core.cli.options.data import DataOptions, data_options
from delift_core.cli.options.executor import ExecutorOptions, executor_options
from delift_core.cli.options.export import FILES, ExportOptions, export_options, out_option
from delift_core.cli.options.plan import PlanOptions, plan_options, requested_plan
from delift_core.cli.options.scoring import ScoringOptions, scoring_options
from delift_core.cli.reading import read_roles
from delift_core.cli.scoring import ScoringRequest, scored_run


@click.command("run")
@data_options
@scoring_options
@plan_options
@executor_options
@choice_options
@export_options
@out_option(f"Write the chosen rows here: {FILES}.")
@reporter_option
def run_command(
    reporter: Reporter,
    data_options: DataOptions,
    scoring_options: ScoringOptions,
    plan_options: PlanOptions,
    executor_options: ExecutorOptions,
    choice_options: ChoiceOptions,
    export_options: ExportOptions,
    out: Path | None,
) -> None:
    """Read, score, choose and export in one go.

    Run again, it scores nothing anew; cut off, it continues.
    """
    choice = choice_from(choice_options)
    executor = executor_options.chosen
    plan = requested_plan(plan_options, data_options.seed)
    if out:
        export_options.check_target(out, data_options.sources.values())
    datasets = read_roles(reporter, data_options)
    kernels = kernels_for(choice, datasets, plan)
    request = ScoringRequest(datasets, kernels, plan, choice)
    run = scored_run(reporter, request, scoring_options, executor)
    chosen = ChosenInRun(run, datasets, choice, choose_in_run(reporter, run, choice))
    if out:
        command = current_command_line(settled_plan_options(run))
        provenance = replace(chosen.provenance, command=command, seed=data_options.seed)
        left = audited(reporter, chosen, export_options)
        export_selection(reporter, left, out, export_options, provenance)
