"""The options that say under which model and length the trainer's view is shown."""

from dataclasses import dataclass

import click

from delift_core.cli.options.group import option_group
from delift_core.scoring.training_rows import TRL_LENGTH


@dataclass(frozen=True)
class TrainingViewOptions:
    """Which model reads the chosen examples, how long a row may be, and which one is shown."""

    preview_training: str | None
    max_length: int
    example: str | None


training_view_options = option_group(
    "training_view_options",
    TrainingViewOptions,
    click.option(
        "--preview-training",
        metavar="MODEL",
        help=(
            "Show what a trainer will read under the chat template of this model: bundled, a"
            " Hugging Face id, or a folder."
        ),
    ),
    click.option(
        "--max-length",
        type=click.IntRange(1),
        default=TRL_LENGTH,
        show_default=True,
        metavar="TOKENS",
        help="The longest row that trainers keep: for --preview-training and files for trainers.",
    ),
    click.option(
        "--example",
        metavar="ID",
        help="With --preview-training: the chosen example to show token by token.",
    ),
)
