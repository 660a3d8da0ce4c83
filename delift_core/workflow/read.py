"""What reading a source shows before its examples are checked, and how it names the source."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from delift_core.data.rows import RawRows
from delift_core.data.text import json_text, plain
from delift_core.errors import DeliftError

FIRST_ROWS = 20  # raw rows that a person sees when columns have to be named


def first_rows(raw: RawRows) -> dict:
    """The columns, and the first rows as they were written."""
    rows = [
        {"row": row.row, "fields": json.loads(json_text(plain(row.fields)))}
        for row in raw.rows[:FIRST_ROWS]
    ]
    return {"columns": raw.columns, "raw": rows}


@contextmanager
def naming_source(source: str, name: str | None) -> Iterator[None]:
    """Have refusals call a source by the name that a person knows it by."""
    try:
        yield
    except DeliftError as refusal:
        if not name:
            raise
        raise type(refusal)(str(refusal).replace(source, name)) from refusal
