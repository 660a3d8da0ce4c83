"""Single options that several commands have."""

import functools
from pathlib import Path

import click

from delift_core.cli.console import Reporter
from delift_core.cli.options.group import Command


def reporter_option(command: Command) -> Command:
    """--json; the command receives a `reporter` that prints sentences or JSON lines."""

    @click.option("--json", "as_json", is_flag=True, help="Print JSON lines for machines.")
    @functools.wraps(command)
    def with_reporter(as_json, **values):
        return command(reporter=Reporter(as_json), **values)

    return with_reporter


workspace_option = click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    envvar="DELIFT_WORKSPACE",
    help="Where runs are kept.",
)
run_argument = click.argument("folder", metavar="RUN", type=click.Path(path_type=Path))
selection_option = click.option(
    "--selection",
    metavar="NAME",
    help="A selection of the run, by name or digest; the last one made by default.",
)
