"""Columns that a model could have been given and that no layout reads: tools and reasoning."""

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache

from delift_core.data.notes import Note
from delift_core.data.row_layouts.columns import REASONING_COLUMNS, TOOL_COLUMNS, names_by_folded
from delift_core.data.row_layouts.parts import holds_nothing


def notes_on_columns(fields: Mapping, mapped: Collection[str]) -> Iterator[Note]:
    """The note on each column of tools or reasoning that holds something and is not read."""
    for name, missing_from in _unread_columns(tuple(fields)):
        if name not in mapped and not holds_nothing(fields[name]):
            yield Note(f"the column {name!r} is left out of the {missing_from}.")


@lru_cache(maxsize=1024)
def _unread_columns(names: tuple[str, ...]) -> list[tuple[str, str]]:
    """(column, what it is missing from) of each column of tools or reasoning among some."""
    own_names = names_by_folded(names)
    return [
        (own_names[folded], missing_from)
        for columns, missing_from in ((TOOL_COLUMNS, "prompt"), (REASONING_COLUMNS, "response"))
        for folded in columns
        if folded in own_names
    ]
