"""`delift report`: write a selection of a run as one page."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from delift_core.cli.console import Reporter
from delift_core.cli.options.common import reporter_option, run_argument, selection_option
from delift_core.cli.options.export import out_option
from delift_core.errors import UnknownChoice
from delift_core.units import size

if TYPE_CHECKING:
    from delift_core.selection.greedy import Selection


@click.command("report")
@run_argument
@selection_option
@out_option("Where to: an .html file, replaced if it is there.", required=True)
@reporter_option
def report_command(reporter: Reporter, folder: Path, selection: str | None, out: Path) -> None:
    """Write a selection of a run as one page to show to others: it opens anywhere, without a
    network.
    """
    from delift_core.report.document import check_page, write_report
    from delift_core.runs.projections import read_projection
    from delift_core.runs.selections import find_selection, read_selection
    from delift_core.runs.store import open_run

    run = open_run(folder)
    choice, chosen = read_selection(find_selection(run, selection))
    refuse_other_methods(chosen)
    check_page(out)
    if read_projection(run) is None:
        reporter.say(
            "map",
            f"laying out the map of {len(run.pool):,} examples: once for this run, up to a few"
            " minutes",
            examples=len(run.pool),
        )
    path = write_report(run, choice, out)
    file_size = path.stat().st_size
    reporter.say(
        "reported",
        f"report written to {path} ({size(file_size)}): open it with a double click",
        path=path,
        bytes=file_size,
    )


def refuse_other_methods(selection: "Selection") -> None:
    """Raise UnknownChoice for a selection that no objective was maximised for."""
    if selection.method != selection.objective:
        raise UnknownChoice(
            f"A report explains what an objective chose, and this selection was made by"
            f" {selection.method}. Name another with --selection, or export this one."
        )
