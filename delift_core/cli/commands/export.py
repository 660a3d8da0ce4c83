"""`delift export`: write a selection of a run to a file."""

from dataclasses import replace
from pathlib import Path

import click

from delift_core.cli.choosing import say_changed_sources
from delift_core.cli.console import Reporter
from delift_core.cli.exporting import ChosenInRun, audited, export_selection
from delift_core.cli.invocation import current_command_line
from delift_core.cli.options.common import reporter_option, run_argument, selection_option
from delift_core.cli.options.export import FILES, ExportOptions, export_options, out_option
from delift_core.cli.options.training_view import TrainingViewOptions, training_view_options
from delift_core.cli.training_view import show_training_view

# options that change nothing of what is written
NOT_IN_A_FILE = {"preview_training": None, "example": None}


@click.command("export")
@run_argument
@selection_option
@export_options
@training_view_options
@out_option(f"Where to: {FILES}. Needed but for --preview-training.")
@reporter_option
def export_command(
    reporter: Reporter,
    folder: Path,
    selection: str | None,
    export_options: ExportOptions,
    training_view_options: TrainingViewOptions,
    out: Path | None,
) -> None:
    """Write a selection of a run to a file, with manifest and files for trainers beside it."""
    from delift_core.runs.selections import find_selection, read_selection
    from delift_core.runs.store import open_run

    if out is None and training_view_options.preview_training is None:
        raise click.UsageError("Missing option '--out'. Name a file, or use --preview-training.")
    run = open_run(folder)
    if out is not None:
        export_options.check_target(out, [dataset.source for dataset in run.datasets.values()])
    path = find_selection(run, selection)
    say_changed_sources(reporter, run)
    chosen = ChosenInRun(run, run.datasets, *read_selection(path))
    left = audited(reporter, chosen, export_options)
    if training_view_options.preview_training is not None:
        show_training_view(reporter, left.examples, training_view_options)
    if out is not None:
        command = current_command_line({"selection": path.stem, **NOT_IN_A_FILE})
        provenance = replace(chosen.provenance, command=command)
        longest = training_view_options.max_length
        export_selection(reporter, left, out, export_options, provenance, longest)
