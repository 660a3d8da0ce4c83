"""What a trainer reads of examples under a model's chat template and a longest length."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from delift_core.data.example import Example
from delift_core.export.edits import with_edits
from delift_core.export.shapes.messages import MESSAGES
from delift_core.runs.folders import training_folder
from delift_core.runs.run import Run
from delift_core.runs.training_tables import write_training_rows
from delift_core.scoring.training_rows import TRL_LENGTH, TrainingRow


def training_rows(
    examples: Sequence[Example], model: str, longest: int, revision: str | None = None
) -> Iterator[TrainingRow | None]:
    """Every example as a trainer's tokens, one by one; None where the template refuses it.

    model: a name as `load_model` takes it; only its tokenizer is read. Raises ModelUnavailable, and
    UnusablePrompt for a tokenizer without a chat template.
    """
    from delift_core.scoring.tokenizer_files import load_tokenizer  # brings torch
    from delift_core.scoring.training_reader import TrainingReader

    reader = TrainingReader(load_tokenizer(model, revision), longest, model)
    return map(reader.row, examples)


def store_training_rows(
    run: Run,
    model: str,
    revision: str | None,
    edits: Mapping[str, str],
    advance: Callable[[], None] = lambda: None,
) -> Path:
    """The file of what a trainer reads of a run's pool, written now; `advance` after each example.

    edits: example id -> its response as it was edited.
    """
    pool = with_edits(run.pool, edits, MESSAGES.name)
    rows = []
    for row in training_rows(pool.examples, model, TRL_LENGTH, revision):
        rows.append(row)
        advance()
    return write_training_rows(rows, training_folder(run.folder, model, revision, edits))


def telling_row(rows: Sequence[TrainingRow | None]) -> int:
    """The row to look at first: without a label, without its end, cut, or else the first.

    rows: at least one.
    """
    for loses in (is_without_label, is_without_end, is_cut):
        for position, row in enumerate(rows):
            if row is not None and loses(row):
                return position
    return next((position for position, row in enumerate(rows) if row is not None), 0)


def is_without_label(row: TrainingRow) -> bool:
    """Whether a row teaches nothing."""
    return not row.labelled


def is_without_end(row: TrainingRow) -> bool:
    """Whether a row does not teach where a response ends."""
    return not row.has_end


def is_cut(row: TrainingRow) -> bool:
    """Whether a row loses tokens."""
    return row.is_cut
