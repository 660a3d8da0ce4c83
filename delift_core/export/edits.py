"""Responses that reviewers edited, in place of those that were read."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from delift_core.data.example import Dataset, Example
from delift_core.errors import UnfitExample
from delift_core.export.shapes import DEFAULT_SHAPE, shape_named
from delift_core.export.shapes.original import ORIGINAL


def with_edits(pool: Dataset, edits: Mapping[str, str], shape: str = DEFAULT_SHAPE) -> Dataset:
    """The pool with edited responses, in the rows as they were read too.

    edits: example id -> its response from now on. Raises UnfitExample where rows are to be written
    as in the source and the response is not a value of its row.
    """
    examples = [
        edited(example, edits[example.id], shape, pool.source) if example.id in edits else example
        for example in pool
    ]
    return replace(pool, examples=tuple(examples))


def edited(example: Example, response: str, shape: str, source: str) -> Example:
    """An example with another response."""
    fields, is_found = replaced(dict(example.extra), example.response, response)
    if example.extra and not is_found and shape_named(shape) is ORIGINAL:
        raise UnfitExample(
            f"{source}, row {example.row} (id {example.id!r}): its edited response has no field of"
            " its own in the row as it was read. Export as Messages, or without edits."
        )
    return replace(example, response=response, extra=cast(Mapping, fields))


def replaced(value: object, before: str, after: str) -> tuple[object, bool]:
    """(a value of a row with its last text `before` made `after`, whether there was one)."""
    if isinstance(value, str):
        is_response = value.strip() == before.strip()
        return (after if is_response else value), is_response
    if isinstance(value, Mapping):
        fields = dict(value)
        for name in reversed(list(fields)):
            fields[name], is_found = replaced(fields[name], before, after)
            if is_found:
                return fields, True
    if isinstance(value, list):
        items = list(value)
        for place in reversed(range(len(items))):
            items[place], is_found = replaced(items[place], before, after)
            if is_found:
                return items, True
    return value, False
