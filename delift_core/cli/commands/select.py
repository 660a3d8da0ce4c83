"""`delift select`: choose anew in a scored run."""

from pathlib import Path

import click

from delift_core.cli.choosing import choose_in_run, say_changed_sources
from delift_core.cli.console import Reporter
from delift_core.cli.options.choice import ChoiceOptions, choice_from, choice_options
from delift_core.cli.options.common import reporter_option, run_argument
from delift_core.cli.options.method import MethodChoice, method_options


@click.command("select")
@run_argument
@method_options
@choice_options
@click.option(
    "--name",
    "selection_name",
    metavar="NAME",
    help="What to call the selection in the run; --selection finds it by that.",
)
@reporter_option
def select_command(
    reporter: Reporter,
    folder: Path,
    method_options: MethodChoice,
    choice_options: ChoiceOptions,
    selection_name: str | None,
) -> None:
    """Choose anew in a scored run; nothing is scored but a pass that a method needs, once."""
    from delift_core.runs.store import open_run

    run = open_run(folder)
    say_changed_sources(reporter, run)
    choose_in_run(reporter, run, choice_from(choice_options), method_options, selection_name)
