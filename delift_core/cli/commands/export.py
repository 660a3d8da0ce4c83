"""`delift export`: write a selection of a run to a file."""

from dataclasses import replace
from pathlib import Path

import click

from delift_core.cli.choosing import say_changed_sources
from delift_core.cli.console import Reporter
from delift_core.cli.exporting import ChosenInRun, export_selection
from delift_core.cli.invocation import current_command_line
from delift_core.cli.options.common import reporter_option, run_argument, selection_option
from delift_core.cli.options.export import FILES, ExportOptions, export_options, out_option


@click.command("export")
@run_argument
@selection_option
@export_options
@out_option(f"Where to: {FILES}.", required=True)
@reporter_option
def export_command(
    reporter: Reporter,
    folder: Path,
    selection: str | None,
    export_options: ExportOptions,
    out: Path,
) -> None:
    """Write a selection of a run to a file, with its manifest beside it."""
    from delift_core.runs.selections import find_selection, read_selection
    from delift_core.runs.store import open_run

    run = open_run(folder)
    export_options.check_target(out, [dataset.source for dataset in run.datasets.values()])
    path = find_selection(run, selection)
    say_changed_sources(reporter, run)
    chosen = ChosenInRun(run, run.datasets, *read_selection(path))
    command = current_command_line({"selection": path.stem})
    provenance = replace(chosen.provenance, command=command)
    export_selection(reporter, chosen, out, export_options, provenance)
