"""Values become text as they were written: no number is reformatted, no letter normalised, no absence turned into a word."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Self

END_MARKERS = ("<|endoftext|>", "</s>", "<|im_end|>", "<|eot_id|>", "<eos>", "<|end|>", "<end_of_turn>")
_ENDING = re.compile(rf"(?:(?:{'|'.join(map(re.escape, END_MARKERS))})\s*)+\Z")
_LINE_BREAKS = {ord(letter): f"\\u{ord(letter):04x}" for letter in "\x85\u2028\u2029"}
_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"       # letters and symbols by category, but nothing is drawn for them


class WrittenFloat(float):
    """A float that remembers its digits: 8.0, 1e5 and 0.10 stay 8.0, 1e5 and 0.10 when they become text."""

    __slots__ = ("written",)

    def __new__(cls, written: str) -> Self:
        number = super().__new__(cls, written)
        number.written = written
        return number

    def __reduce__(self):
        return WrittenFloat, (self.written,)


@dataclass(frozen=True, slots=True)
class Flaw:
    """Stands in a row where a value could not be read; the row is left out for this reason."""

    reason: str


class RowError(ValueError):
    """This one row cannot be used; str(error) is the reason a person reads. Never leaves the reader."""


def as_text(value: object) -> str | None:
    """The text of a single value, None where there is no value."""
    value = plain(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, WrittenFloat):
        return value.written
    if isinstance(value, int | float | Decimal | date | time):
        return str(value)
    raise RowError(f"a value is {kind_of(value)}, not text.")


def is_single(value: object) -> bool:
    """Whether a value is text, a number, a date or absent: something `as_text` can write."""
    return isinstance(plain(value), str | int | float | Decimal | date | time | None)


def is_blank(text: str | None) -> bool:
    """Whether nothing would be drawn: no text, only spaces, controls and zero-width characters."""
    return text is None or not any(map(_is_drawn, text))


def _is_drawn(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Zs", "Zl", "Zp", "Cc", "Cf") and letter not in _BLANK_LETTERS


def without_end_marker(response: str) -> str:
    """The response without the end-of-turn markers it closes with; `</s>` that closes an HTML `<s>` stays."""
    if not response.rstrip().endswith(END_MARKERS):
        return response
    ending = _ENDING.search(response)
    return response if "<s>" in response and "</s>" in ending.group() else response[:ending.start()]


def kind_of(value: object) -> str:
    names = {Mapping: "an object with named fields", list: "a list", tuple: "a list", bytes: "binary data", str: "text", bool: "true or false",
             int: "a number", float: "a number", type(None): "null"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), f"a {type(value).__name__}")


def flaw_in(value: object) -> str | None:
    """The first reason why a value, or anything nested in it, cannot be stored as text; None when all is well."""
    if isinstance(value, str):
        return None if value.isascii() or _encodes(value) else "it holds a byte that is not UTF-8, or half of a surrogate pair."
    if isinstance(value, Flaw):
        return value.reason
    if isinstance(value, Mapping):
        return next(filter(None, (flaw_in(part) for pair in value.items() for part in pair)), None)
    if isinstance(value, list | tuple):
        return next(filter(None, map(flaw_in, value)), None)
    return None


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain(value: object) -> object:
    """Arrays and scalars of numpy, pandas and arrow as ordinary Python values; a missing cell is None."""
    if isinstance(value, str | int | None):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return None if type(value).__name__ in ("NAType", "NaTType") else value


def json_text(value: object) -> str:
    """JSON on one line: numbers with their own digits, letters as they are; line separators and half surrogate pairs escaped."""
    if isinstance(value, Mapping):
        return "{" + ", ".join([f"{_string(str(name))}: {json_text(part)}" for name, part in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join([json_text(part) for part in value]) + "]"
    if isinstance(value, str):
        return _string(value)
    return value.written if isinstance(value, WrittenFloat) else json.dumps(value, allow_nan=False, default=str)


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=flaw_in(text) is not None).translate(_LINE_BREAKS)
