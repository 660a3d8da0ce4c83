"""The options that say which examples each role holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import click

from delift_core.cli.options.group import option_group
from delift_core.data.read_options import DUPLICATE_POLICIES, ReadOptions


@dataclass(frozen=True)
class DataOptions:
    """The sources of the roles, and how they are read."""

    pool: str
    target: str | None
    known: str | None
    held_out: str | None
    hold_out: str | None
    hold_out_by: str | None
    limit: int | None
    target_limit: int | None
    known_limit: int | None
    held_out_limit: int | None
    columns: str | None
    target_columns: str | None
    known_columns: str | None
    held_out_columns: str | None
    near_duplicates: str
    seed: int

    @property
    def sources(self) -> dict[str, str]:
        """Role -> its source, for every role that has one."""
        sources = {
            "pool": self.pool,
            "target": self.target,
            "known": self.known,
            "held_out": self.held_out,
        }
        return {role: source for role, source in sources.items() if source}

    def check_held_out(self) -> None:
        """Raise UsageError for two kinds of held-out examples at once, or groups of none."""
        if self.held_out is not None and self.hold_out is not None:
            raise click.UsageError(
                "--held-out names examples of their own and --hold-out sets some of the pool aside;"
                " give one of the two."
            )
        if self.hold_out_by is not None and self.hold_out is None:
            raise click.UsageError(
                "--hold-out-by names the groups that --hold-out takes its share of; give"
                " --hold-out 20% as well."
            )

    def read_options(self, role: str) -> ReadOptions:
        """How the source of a role is read. Raises UsageError for an unreadable column mapping."""
        limits = {
            "pool": self.limit,
            "target": self.target_limit,
            "known": self.known_limit,
            "held_out": self.held_out_limit,
        }
        columns = {
            "pool": self.columns,
            "target": self.target_columns,
            "known": self.known_columns,
            "held_out": self.held_out_columns,
        }
        return ReadOptions(
            limit=limits[role],
            seed=self.seed,
            near_duplicates=self.near_duplicates,
            columns=column_mapping(columns[role]),
        )


def column_mapping(text: str | None) -> Mapping[str, str | list[str]] | None:
    """prompt=a+b,response=c -> {"prompt": ["a", "b"], "response": "c"}"""
    if text is None:
        return None
    mapping: dict[str, str | list[str]] = {}
    for part in text.split(","):
        role, _, columns = part.partition("=")
        if not role or not columns:
            raise click.UsageError(
                f"The mapping {text!r} cannot be read. Write prompt=COLUMN,response=COLUMN."
            )
        mapping[role.strip()] = columns
        if "+" in columns:
            mapping[role.strip()] = columns.split("+")
    return mapping


data_options = option_group(
    "data_options",
    DataOptions,
    click.option(
        "--pool",
        required=True,
        metavar="DATA",
        help="The examples to choose from: a file, a folder or a Hugging Face id.",
    ),
    click.option("--target", metavar="DATA", help="Examples of the task to become good at."),
    click.option("--known", metavar="DATA", help="Examples the model was already trained on."),
    click.option(
        "--held-out",
        metavar="DATA",
        help="Examples that measure what is chosen; repeats of pool and target go.",
    ),
    click.option(
        "--hold-out",
        metavar="SHARE",
        help="Set these aside from the pool instead, before scoring: 20%, 0.2, or a number (40).",
    ),
    click.option(
        "--hold-out-by",
        metavar="FIELD",
        help="A field of the rows whose groups keep their shares in what is held out.",
    ),
    click.option(
        "--limit",
        type=click.IntRange(1),
        metavar="N",
        help="At most N pool examples, drawn with --seed.",
    ),
    click.option(
        "--target-limit", type=click.IntRange(1), metavar="N", help="At most N target examples."
    ),
    click.option(
        "--known-limit", type=click.IntRange(1), metavar="N", help="At most N known examples."
    ),
    click.option(
        "--held-out-limit", type=click.IntRange(1), metavar="N", help="At most N held-out examples."
    ),
    click.option(
        "--columns",
        metavar="MAP",
        help="Which column is what in the pool: prompt=question,response=answer.",
    ),
    click.option("--target-columns", metavar="MAP", help="The same for the target."),
    click.option("--known-columns", metavar="MAP", help="The same for the known examples."),
    click.option("--held-out-columns", metavar="MAP", help="The same for the held-out examples."),
    click.option(
        "--near-duplicates",
        type=click.Choice(list(DUPLICATE_POLICIES)),
        default="collapse",
        show_default=True,
        help="Let one near-duplicate stand for all of its kind, or keep them.",
    ),
    click.option("--seed", type=int, default=0, show_default=True, help="Seed of every draw."),
)
