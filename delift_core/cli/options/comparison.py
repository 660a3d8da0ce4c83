"""The options that say what is compared."""

from dataclasses import dataclass

import click

from delift_core.cli.options.group import option_group


@dataclass(frozen=True)
class ComparisonOptions:
    """What is compared, as it is typed."""

    methods: str | None  # names with commas between them
    selections: tuple[str, ...]
    fields: tuple[str, ...]
    tokens: bool
    held_out: str | None

    @property
    def method_names(self) -> tuple[str, ...]:
        """The methods that are named; none where the option was left out."""
        names = (self.methods or "").split(",")
        return tuple(name.strip() for name in names if name.strip())


comparison_options = option_group(
    "comparison_options",
    ComparisonOptions,
    click.option(
        "--methods",
        metavar="NAME,NAME",
        help=(
            "Methods, with commas between them; the objective, embedding_coverage, longest and"
            " random where neither methods nor selections are named."
        ),
    ),
    click.option(
        "--selection",
        "selections",
        multiple=True,
        metavar="NAME",
        help="A selection of the run, by name or digest, with its own budget. May be repeated.",
    ),
    click.option(
        "--by",
        "fields",
        multiple=True,
        metavar="FIELD",
        help="Count the values of this field of the rows. May be repeated; by default every field"
        " with few values.",
    ),
    click.option(
        "--tokens",
        is_flag=True,
        help="Count the budget in response tokens: 30% is that share of the pool's.",
    ),
    click.option(
        "--held-out",
        metavar="DATA",
        help="Attach these examples, never chosen from, and score how the pool helps them.",
    ),
)
