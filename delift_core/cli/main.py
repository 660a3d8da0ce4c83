"""The `delift` command: a new subcommand is a file in `commands` and a line here."""

import click

from delift_core.cli.commands.app import app_command
from delift_core.cli.commands.compare import compare_command
from delift_core.cli.commands.doctor import doctor_command
from delift_core.cli.commands.export import export_command
from delift_core.cli.commands.report import report_command
from delift_core.cli.commands.run import run_command
from delift_core.cli.commands.runs import runs_command
from delift_core.cli.commands.score import score_command
from delift_core.cli.commands.select import select_command
from delift_core.cli.commands.validate import validate_command
from delift_core.cli.console import OneLineErrors


@click.group(
    "delift",
    cls=OneLineErrors,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="delift", message="%(version)s")
def main():
    """Choose, look at and defend the examples a language model is fine-tuned on."""


for command in (
    run_command,
    score_command,
    select_command,
    compare_command,
    validate_command,
    export_command,
    report_command,
    runs_command,
    doctor_command,
    app_command,
):
    main.add_command(command)
