"""Values become text as they are written.

No number is reformatted, no letter normalised, no absence turned into a word.
"""

import json
import math
import unicodedata
from collections.abc import Mapping
from datetime import date, time
from decimal import Decimal
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Self

from delift_core.data.flaws import RowError, own_flaw

_LINE_BREAKS = {ord(letter): f"\\u{ord(letter):04x}" for letter in "\x85\u2028\u2029"}
_SPACES_AND_CONTROLS = ("Zs", "Zl", "Zp", "Cc", "Cf")  # categories of Unicode
# letters of other categories that draw nothing
_BLANK_LETTERS = frozenset(
    map(
        chr,
        (
            0x34F,
            0x115F,
            0x1160,
            0x17B4,
            0x17B5,
            0x2800,
            0x3164,
            0xFFA0,
            *range(0x180B, 0x1810),
            *range(0xFE00, 0xFE10),
            *range(0xE0100, 0xE01F0),
        ),
    )
)
_PLAIN = (str, int, type(None))
_WRITTEN_BY_STR = (int, float, Decimal, date, time)
_SINGLE = (str, type(None), *_WRITTEN_BY_STR)
_KINDS = {
    Mapping: "an object with named fields",
    list: "a list",
    tuple: "a list",
    bytes: "binary data",
    str: "text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    type(None): "null",
}


class WrittenFloat(float):
    """A float that remembers its digits.

    8.0, 1e5 and 0.10 stay 8.0, 1e5 and 0.10 when they become text.
    """

    __slots__ = ("written",)
    written: str

    def __new__(cls, written: str) -> Self:
        number = super().__new__(cls, written)
        number.written = written
        return number

    def __reduce__(self) -> tuple:
        return WrittenFloat, (self.written,)


def as_text(value: object) -> str | None:
    """The text of a single value, None where there is no value.

    Raises RowError for a list, an object and anything else that is no single value.
    """
    value = plain(value)
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, WrittenFloat):
        return value.written
    if isinstance(value, _WRITTEN_BY_STR):
        return str(value)
    raise RowError(f"a value is {kind_of(value)}, not text.")


def is_single(value: object) -> bool:
    """Whether a value is text, a number, a date or absent: something `as_text` can write."""
    return isinstance(value, str) or isinstance(plain(value), _SINGLE)


def is_blank(text: str | None) -> bool:
    """Whether nothing would be drawn: no text, only spaces, controls and zero-width characters."""
    return not text or not ("!" <= text[0] <= "~" or any(map(_is_drawn, text)))


def _is_drawn(letter: str) -> bool:
    return unicodedata.category(letter) not in _SPACES_AND_CONTROLS and letter not in _BLANK_LETTERS


def kind_of(value: object) -> str:
    """What a value is, for a sentence: "a list", "a number", ..."""
    for kind, name in _KINDS.items():
        if isinstance(value, kind):
            return name
    return f"a {type(value).__name__}"


def plain(value: object) -> object:
    """Arrays and scalars of numpy, pandas and arrow as Python values; a missing cell is None."""
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if type(value).__name__ in ("NAType", "NaTType"):
        return None
    return value


def json_text(value: object) -> str:
    """JSON on one line: numbers with their own digits, letters as they are.

    Line separators and half surrogate pairs are escaped.
    """
    if isinstance(value, str):
        return _json_string(value)
    if isinstance(value, Mapping):
        members = [f"{_json_string(str(name))}: {json_text(part)}" for name, part in value.items()]
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join([json_text(part) for part in value]) + "]"
    if isinstance(value, WrittenFloat):
        return value.written
    return json.dumps(value, allow_nan=False, default=str)


def _json_string(text: str) -> str:
    if text.isascii():  # no line separator is, and control characters are escaped
        return encode_basestring(text)
    encode = encode_basestring if own_flaw(text) is None else encode_basestring_ascii
    return encode(text).translate(_LINE_BREAKS)
