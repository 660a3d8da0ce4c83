"""Responses that reviewers edited, in place of those that were read."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from delift_core.data.example import Dataset, Example, Turn
from delift_core.data.read_options import ReadOptions
from delift_core.data.readers import read_dataset
from delift_core.errors import DeliftError, UnfitExample
from delift_core.export.shapes import DEFAULT_SHAPE, shape_named
from delift_core.export.shapes.original import ORIGINAL

Part = tuple[tuple[Turn, ...], str]  # turns and response of an example


def with_edits(pool: Dataset, edits: Mapping[str, str], shape: str = DEFAULT_SHAPE) -> Dataset:
    """The pool with edited responses, in the rows as they were read too.

    edits: example id -> its response from now on. Raises UnfitExample where rows are to be written
    as in the source and the response is not a value of its row.
    """
    examples = [
        edited(example, edits[example.id], pool, shape) if example.id in edits else example
        for example in pool
    ]
    return replace(pool, examples=tuple(examples))


def edited(example: Example, response: str, pool: Dataset, shape: str) -> Example:
    """An example with another response."""
    options = pool.read_record.options if pool.read_record else ReadOptions()
    row = edited_row(example, response, options) if example.extra else example.extra
    if row is None and shape_named(shape) is ORIGINAL:
        raise UnfitExample(
            f"{pool.source}, row {example.row} (id {example.id!r}): its edited response has no"
            " field of its own in the row as it was read. Export as Messages, or without edits."
        )
    return replace(example, response=response, extra=example.extra if row is None else row)


def edited_row(example: Example, response: str, options: ReadOptions) -> Mapping | None:
    """The row of an example with another response; None where no field of it is the response.

    Of the texts equal to the response, that one is replaced from which the row then reads as the
    edited example, and as everything else that it held.
    """
    own = (example.turns, example.response)
    parts = parts_of(example.extra, options)
    if own not in parts:
        return None
    parts[parts.index(own)] = (example.turns, response)
    rows = with_one_replaced(example.extra, example.response, response)
    return next((row for row in rows if parts_of(row, options) == parts), None)


def parts_of(row: Mapping, options: ReadOptions) -> list[Part]:
    """The examples that a row reads as by itself; none where it cannot be read."""
    try:
        dataset = read_dataset(
            [row], columns=options.columns, format=options.format, near_duplicates="keep"
        )
    except DeliftError:
        return []
    return [(example.turns, example.response) for example in dataset]


def with_one_replaced(value: object, before: str, after: str) -> Iterator:
    """A value of a row with one of its texts `before` made `after`; the last of them first."""
    if isinstance(value, str):
        if value.strip() == before.strip():
            yield after
    elif isinstance(value, Mapping):
        for name, part in reversed(list(value.items())):
            for other in with_one_replaced(part, before, after):
                yield {**value, name: other}
    elif isinstance(value, list | tuple):
        for place in reversed(range(len(value))):
            for other in with_one_replaced(value[place], before, after):
                yield [*value[:place], other, *value[place + 1 :]]
