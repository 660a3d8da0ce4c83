"""The options that say which pairs are scored."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from delift_core.cli.options.group import LazyChoice, option_group

if TYPE_CHECKING:
    from delift_core.scoring.plan import Plan


@dataclass(frozen=True)
class PlanOptions:
    """A plan by name and how many pairs, or the minutes that it has to fit into."""

    plan: str | None
    pairs: str | None
    minutes: float | None


@dataclass(frozen=True)
class TimeLimit:
    """The minutes that a plan has to fit into, and the seed of what it samples."""

    minutes: float
    seed: int


def requested_plan(options: PlanOptions, seed: int) -> "Plan | TimeLimit":
    """The plan that the options name, or the minutes that are to choose one.

    Raises UsageError for options that contradict each other, InvalidPlan for unusable pairs.
    """
    from delift_core.scoring.written_plan import plan_named

    if options.minutes is not None:
        if options.plan or options.pairs:
            raise click.UsageError(
                "--minutes chooses the plan; leave --plan and --pairs out, or give them without"
                " --minutes."
            )
        return TimeLimit(options.minutes, seed)
    if options.plan == "all" and options.pairs:
        raise click.UsageError(
            "--plan all scores every pair; leave --pairs out, or choose sampled or nearest."
        )
    default = "nearest" if options.pairs else "all"
    return plan_named(options.plan or default, options.pairs or "20%", seed)


def plan_names() -> list[str]:
    """The names of the kinds of plan."""
    from delift_core.scoring.plan import PlanKind

    return list(PlanKind)


plan_options = option_group(
    "plan_options",
    PlanOptions,
    click.option(
        "--plan",
        type=LazyChoice(plan_names),
        help=(
            "Which pairs are scored: every one, every one of some answered examples (with an error"
            " bar), or those of near examples and some at random (the others are inferred)."
            " [default: all]"
        ),
    ),
    click.option(
        "--pairs",
        metavar="SHARE|N",
        help=(
            "The share of the pairs that a plan scores, 20% by default, or their number behind each"
            " shown example, 64: then memory and disk grow with the pairs alone. Without --plan it"
            " means nearest pairs."
        ),
    ),
    click.option(
        "--minutes",
        type=click.FloatRange(0, min_open=True),
        metavar="N",
        help="Measure this machine and take the best plan that fits into so many minutes.",
    ),
)
