"""Say what a trainer will read of the chosen examples, and show one of them."""

from collections.abc import Sequence

from delift_core.cli.console import Reporter
from delift_core.cli.options.training_view import TrainingViewOptions
from delift_core.data.example import Example
from delift_core.errors import UnknownChoice
from delift_core.scoring.training_rows import TrainingRow, counts_of


def show_training_view(
    reporter: Reporter, examples: Sequence[Example], options: TrainingViewOptions
) -> None:
    """Say how many chosen examples lose something under a model, and show the most telling one.

    examples: in order of choice. options.preview_training: the model, not None.
    """
    from delift_core.wording import training_line
    from delift_core.workflow.training_view import telling_row, training_rows

    model, longest = str(options.preview_training), options.max_length
    position = None
    if options.example is not None:
        position = position_of(options.example, examples)
    rows = list(training_rows(examples, model, longest))
    counts = counts_of(rows)
    reporter.say(
        "training",
        training_line(counts, model, longest),
        model=model,
        max_length=longest,
        **vars(counts),
    )
    if position is None:
        position = telling_row(rows)
    show_row(reporter, examples[position], rows[position])


def position_of(id: str, examples: Sequence[Example]) -> int:
    """Where an example stands in the order of choice. Raises UnknownChoice."""
    for position, example in enumerate(examples):
        if example.id == id:
            return position
    raise UnknownChoice(
        f"--example {id}: not among the {len(examples):,} examples that are exported. Name one of"
        f" them, such as {examples[0].id}."
    )


def show_row(reporter: Reporter, example: Example, row: TrainingRow | None) -> None:
    """Print one example: what is masked, what carries a label, and what is cut off."""
    if row is None:
        reporter.say(
            "training example",
            f"{example.id}: the template does not write this conversation.",
            id=example.id,
            tokens=None,
        )
        return
    parts = {
        "masked": row.pieces[: min(row.first_label, row.kept)],
        "labelled": row.pieces[row.first_label : row.kept],
        "cut off": row.pieces[row.kept :],
    }
    lines = [
        f"{f'{name}, {len(pieces):,} tokens':>24} | {''.join(pieces)!r}"
        for name, pieces in parts.items()
        if pieces
    ]
    if not reporter.as_json:
        for line in (f"{example.id}:", *lines):
            reporter.say("training example", line)
        return
    reporter.say(
        "training example",
        "",
        id=example.id,
        tokens=row.tokens[: row.kept],
        labels=row.labels,
        pieces=row.pieces[: row.kept],
        lost="".join(row.pieces[row.kept :]),
    )
