"""The options that say what is chosen, under which objective and constraints."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from delift_core.cli.options.group import LazyChoice, option_group
from delift_core.selection.objective_names import AUTO, ObjectiveName

if TYPE_CHECKING:
    from delift_core.selection.choice import Choice


@dataclass(frozen=True)
class ChoiceOptions:
    """A choice as it is typed: its quotas are still text."""

    objective: str
    budget: str
    eta: float
    nu: float
    measure: str
    transform: str
    diagonal: str
    pins: tuple[str, ...]
    excludes: tuple[str, ...]
    group_by: str | None
    quotas: tuple[str, ...]  # GROUP=N


def choice_from(options: ChoiceOptions) -> "Choice":
    """The choice that the options describe, checked as far as it can be without a pool.

    Raises UsageError for an unreadable quota, InvalidBudget for an unreadable budget.
    """
    from delift_core.selection.budget import Budget
    from delift_core.selection.choice import Choice

    Budget.parse(options.budget)
    return Choice(**{**vars(options), "quotas": dict(map(quota_from, options.quotas))})


def quota_from(text: str) -> tuple[str, int]:
    """gsm8k=10 -> ("gsm8k", 10). Raises UsageError for anything else."""
    group, equals, rows = text.rpartition("=")
    if not equals or not re.fullmatch("[0-9]{1,18}", rows):
        raise click.UsageError(f"The quota {text!r} cannot be read. Write GROUP=N.")
    return group, int(rows)


def measure_names() -> list[str]:
    """The names of the utilities."""
    from delift_core.scoring.kernel import Measure

    return list(Measure)


def transform_names() -> list[str]:
    """The names of what utilities become before they are similarities."""
    from delift_core.scoring.kernel import Transform

    return list(Transform)


def diagonal_names() -> list[str]:
    """The names of what an example shown to itself counts."""
    from delift_core.scoring.kernel import Diagonal

    return list(Diagonal)


choice_options = option_group(
    "choice_options",
    ChoiceOptions,
    click.option(
        "--objective",
        type=click.Choice([AUTO, *map(str, ObjectiveName)]),
        default=AUTO,
        show_default=True,
        help="auto follows from the roles given.",
    ),
    click.option(
        "--budget",
        default="0.3",
        show_default=True,
        help='Rows (50), a fraction (0.3, 30%) or tokens ("4000 tokens").',
    ),
    click.option("--eta", type=float, default=1.0, show_default=True, help="Weight of the target."),
    click.option(
        "--nu", type=float, default=1.0, show_default=True, help="Weight of what is known."
    ),
    click.option("--measure", type=LazyChoice(measure_names), default="l2", show_default=True),
    click.option(
        "--transform", type=LazyChoice(transform_names), default="clip", show_default=True
    ),
    click.option(
        "--diagonal", type=LazyChoice(diagonal_names), default="capped", show_default=True
    ),
    click.option(
        "--pin",
        "pins",
        multiple=True,
        metavar="ID",
        help="Choose this example first. May be repeated.",
    ),
    click.option(
        "--exclude",
        "excludes",
        multiple=True,
        metavar="ID",
        help="Never choose this example. May be repeated.",
    ),
    click.option("--group-by", metavar="FIELD", help="A field of the rows that names their group."),
    click.option(
        "--quota",
        "quotas",
        multiple=True,
        metavar="GROUP=N",
        help="At most N rows of a group. May be repeated.",
    ),
)
