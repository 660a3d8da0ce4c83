"""The options that say what is written of the chosen examples."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from delift_core.cli.options.group import Decorator, option_group
from delift_core.export.formats import FILE_SUFFIXES, FORMATS
from delift_core.export.shapes import DEFAULT_SHAPE, SHAPES

FILES = f"{', '.join(FILE_SUFFIXES)} or a folder"


@dataclass(frozen=True)
class ExportOptions:
    """The shape, the added columns, and what is left out."""

    shape: str
    with_rank: bool
    with_gain: bool
    with_verdict: bool
    with_weight: bool
    without_dropped: bool | None  # None where neither was said
    with_edits: bool

    @property
    def adds_columns(self) -> bool:
        """Whether anything is added to the rows."""
        return self.with_rank or self.with_gain or self.with_verdict or self.with_weight

    @property
    def needs_verdicts(self) -> bool:
        """Whether what is written depends on the verdicts of a run."""
        return self.with_verdict or self.with_edits or bool(self.without_dropped)

    @property
    def leaves_out(self) -> bool:
        """Whether dropped examples are left out."""
        return self.without_dropped is not False

    def is_for_trainers(self, out: Path) -> bool:
        """Whether what is written are rows to train on, not ids."""
        return "ids" not in (self.shape, FORMATS[out.suffix.lower()].only_shape)

    def check_target(self, out: Path, sources: Iterable[str]) -> None:
        """Refuse a file that cannot be written before hours of scoring, not after.

        sources: files and folders that are read, which are never replaced.
        """
        from delift_core.export.target import check_target

        check_target(out, self.shape, added=self.adds_columns, sources=sources)


export_options = option_group(
    "export_options",
    ExportOptions,
    click.option(
        "--shape",
        type=click.Choice(list(SHAPES)),
        default=DEFAULT_SHAPE,
        show_default=True,
    ),
    click.option("--with-rank", is_flag=True, help="Add the rank of each row."),
    click.option("--with-gain", is_flag=True, help="Add the marginal gain of each row."),
    click.option(
        "--with-verdict", is_flag=True, help="Add what the reviewers of the run say of each row."
    ),
    click.option(
        "--with-weight",
        is_flag=True,
        help="Add a weight to each row: how many examples it covers, 1 on average.",
    ),
    click.option(
        "--without-dropped/--with-dropped",
        default=None,
        help=(
            "Leave out what the reviewers of the run dropped (the default; nothing takes its"
            " place), or export it all the same."
        ),
    ),
    click.option(
        "--with-edits",
        is_flag=True,
        help="Export responses as the reviewers of the run edited them, not as they were read.",
    ),
)


def out_option(sentence: str, required: bool = False) -> Decorator:
    """--out, explained by a sentence."""
    return click.option(
        "--out", "-o", type=click.Path(path_type=Path), required=required, help=sentence
    )
