"""Examples become rows: the fields of a shape, the added fields behind them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from delift_core.data.example import Example
from delift_core.data.flaws import flaw_in
from delift_core.data.text import json_text, plain
from delift_core.errors import UnfitExample
from delift_core.export.shapes import Shape


@dataclass(frozen=True, slots=True)
class ExportRow:
    """The fields of one example as they are written, and where the example came from."""

    location: str  # "pool.jsonl, row 12 (id 'x')", for refusals
    fields: Mapping[str, object]


def rows_of(
    examples: Sequence[Example], shape: Shape, added: Sequence[Mapping] | None, source: str
) -> list[ExportRow]:
    """Every example as a row of that shape, with its added fields behind its own.

    Raises UnfitExample where an example does not fit the shape or already has an added field.
    """
    added = added or [{}] * len(examples)
    return [
        _row_of(example, shape, extra, source)
        for example, extra in zip(examples, added, strict=True)
    ]


def _row_of(example: Example, shape: Shape, added: Mapping, source: str) -> ExportRow:
    location = _location(example, source)
    reason = shape.refusal(example)
    if reason:
        raise UnfitExample(f"{location}: {reason}")
    with unwritable_values_refused(location):
        fields = {str(name): plain(value) for name, value in shape.fields_of(example).items()}
    for name in added:
        if name in fields:
            raise UnfitExample(
                f"{location}: the row already has a field {name!r}, which would be overwritten."
                " Rename it, or export without adding it."
            )
    return ExportRow(location, {**fields, **added})


def _location(example: Example, source: str) -> str:
    """pool.jsonl, row 12 (id 'x')"""
    row = f", row {example.row}" if example.row else ""
    return f"{source}{row} (id {example.id!r})"


def column_names(rows: Sequence[ExportRow]) -> list[str]:
    """Every column name, in order of first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row.fields))


def json_of(row: ExportRow, value: object) -> str:
    """A value of a row as JSON text. Raises UnfitExample where JSON cannot hold it."""
    with unwritable_values_refused(row.location):
        return json_text(value)


def refuse_unencodable(rows: Sequence[ExportRow]) -> None:
    """Raise UnfitExample for text that UTF-8 cannot write; only JSON can escape it."""
    for row in rows:
        reason = flaw_in(row.fields)
        if reason:
            raise UnfitExample(
                f"{row.location}: {reason} Export as JSONL or JSON, which can escape it."
            )


@contextmanager
def unwritable_values_refused(location: str) -> Iterator[None]:
    """Raise UnfitExample, which names the row, for a value that cannot be written."""
    try:
        yield
    except ValueError as error:
        raise UnfitExample(
            f"{location}: it holds a number that JSON cannot write, such as infinity. Export as"
            " Parquet."
        ) from error
    except RecursionError as error:
        raise UnfitExample(
            f"{location}: it is nested too deeply to be written. Flatten the row."
        ) from error
