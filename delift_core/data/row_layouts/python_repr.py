"""Cells that hold Python's own writing of lists and objects (its repr) where JSON belongs."""

import re
from collections.abc import Mapping

from delift_core.data.flaws import RowError

_KEY = re.compile(r"\s*(?:array\(|\()?\s*[\[(]?\s*\{\s*'[^'\n]{1,64}'\s*:")
_MESSAGE_KEYS = (("from", "value"), ("role", "content"))
_ADVICE = (
    "Write the cells with json.dumps before the table is saved, or save the rows as JSONL or"
    " Parquet."
)


def is_python_repr(value: object) -> bool:
    """Whether a cell holds an object, or a list of them, as Python writes it: [{'role': ..."""
    return isinstance(value, str) and _KEY.match(value) is not None


def python_repr_sentence(fields: Mapping) -> str:
    """Which columns of a row hold Python's repr, and how to write them; empty where none does."""
    names = [repr(name) for name, value in fields.items() if is_python_repr(value)]
    if not names:
        return ""
    return (
        f"{' and '.join(names)} holds Python's repr ('...' where JSON has double quotes), which is"
        f" not JSON. {_ADVICE}"
    )


def refuse_python_messages(text: str | None) -> None:
    """Raise RowError for messages in Python's repr, which are no text to be scored."""
    if not is_python_repr(text) or text is None:
        return
    for keys in _MESSAGE_KEYS:
        if all(f"'{key}':" in text for key in keys):
            raise RowError(f"a cell holds messages in Python's repr, which is not JSON. {_ADVICE}")
