"""Values as cells of a text table; what a spreadsheet would run as a formula is guarded."""

import re

from delift_core.data.text import as_text, is_single
from delift_core.export.rows import ExportRow, json_of

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[-+](\d+(\.\d*)?|\.\d+)([eE][-+]?\d+)?")


def is_formula(value: object) -> bool:
    """Whether a spreadsheet would run a text; it only shows a number such as -5."""
    return (
        isinstance(value, str) and value.startswith(FORMULA_STARTS) and not _NUMBER.fullmatch(value)
    )


def with_guard(text: str) -> str:
    """A text with an apostrophe before it where a spreadsheet would run it."""
    if is_formula(text):
        return f"'{text}"
    return text


def guarded(value: object) -> object:
    """A cell of a table that is written elsewhere: texts guarded, other values as they are."""
    if isinstance(value, str):
        return with_guard(value)
    return value


def cell_text(row: ExportRow, name: str) -> str | None:
    """A field as one cell of text: nested values as JSON, an absent one as None."""
    value = row.fields.get(name)
    if is_single(value):
        return as_text(value)
    return json_of(row, value)
