"""`delift runs`: list the runs of a workspace."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from delift_core.cli.console import Reporter
from delift_core.cli.options.common import reporter_option, workspace_option

if TYPE_CHECKING:
    from delift_core.runs.run import Run


@click.command("runs")
@workspace_option
@reporter_option
def runs_command(reporter: Reporter, workspace: Path | None) -> None:
    """List the runs of a workspace, newest first."""
    from delift_core.runs.store import default_workspace, list_runs

    workspace = workspace or default_workspace()
    runs = list(list_runs(workspace))
    for run in runs:
        say_run(reporter, run)
    if not runs:
        reporter.say(
            "none",
            f"No runs in {workspace}. Make one with: delift run --pool your.jsonl",
            workspace=workspace,
        )


def say_run(reporter: Reporter, run: "Run") -> None:
    """Say where a run is, what it holds, and which of its kernels are complete."""
    from delift_core.scoring.kernel_names import role_name
    from delift_core.wording import plan_amount

    data, model = run.data, run.record["model"]
    rows = ", ".join(f"{role_name(role)} {data[role]['examples']:,}" for role in run.roles)
    kernels = run.complete()
    plan = "" if run.plan.is_all else f"  ({run.plan.kind}, {plan_amount(run.plan)})"
    reporter.say(
        "run",
        f"{run.folder}  {rows}  {model['name']}  {' '.join(kernels) or 'unfinished'}{plan}",
        folder=run.folder,
        roles=data,
        model=model,
        kernels=kernels,
        plan=run.record.get("plan"),
    )
