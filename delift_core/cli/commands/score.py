"""`delift score`: read and score."""

import click

from delift_core.cli.choosing import kernels_of
from delift_core.cli.console import Reporter
from delift_core.cli.options.common import reporter_option
from delift_core.cli.options.data import DataOptions, data_options
from delift_core.cli.options.executor import ExecutorOptions, executor_options
from delift_core.cli.options.plan import PlanOptions, plan_options, requested_plan
from delift_core.cli.options.scoring import ScoringOptions, scoring_options
from delift_core.cli.reading import read_roles
from delift_core.cli.scoring import ScoringRequest, scored_run


@click.command("score")
@data_options
@scoring_options
@plan_options
@executor_options
@reporter_option
def score_command(
    reporter: Reporter,
    data_options: DataOptions,
    scoring_options: ScoringOptions,
    plan_options: PlanOptions,
    executor_options: ExecutorOptions,
) -> None:
    """Score every kernel that the given roles allow, and stop there."""
    executor = executor_options.chosen
    plan = requested_plan(plan_options, data_options.seed)
    datasets = read_roles(reporter, data_options)
    request = ScoringRequest(datasets, kernels_of(datasets), plan)
    scored_run(reporter, request, scoring_options, executor)
