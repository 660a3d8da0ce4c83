"""Values become text as they were written: no number is reformatted, no letter normalised, no
absence turned into a word.
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from itertools import chain
from typing import Self

END_MARKERS = (
    "<|endoftext|>",
    "</s>",
    "<|im_end|>",
    "<|eot_id|>",
    "<eos>",
    "<|end|>",
    "<end_of_turn>",
)
_LINE_BREAKS = {ord(letter): f"\\u{ord(letter):04x}" for letter in "\x85\u2028\u2029"}
# no spaces by category, yet nothing is drawn
_BLANK_LETTERS = set(
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
_ONLY_TOKENS = re.compile(
    r"(?:\s|<[|｜][^<>|｜]{1,40}[|｜]>|</?(?:s|eos|bos|pad|unk|mask|start_of_turn|end_of_turn)>|\[/?(?:PAD|UNK|CLS|SEP|MASK|INST)\])+"
)
SINGLE = (str, int, float, type(None))  # what nearly every cell is
# levels of lists and objects in a row; whatever walks through it later stays well within Python's
# stack
DEEPEST = 100


class WrittenFloat(float):
    """A float that remembers its digits: 8.0, 1e5 and 0.10 stay 8.0, 1e5 and 0.10 when they become
    text.
    """

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
    """This one row cannot be used; str(error) is the reason a person reads.

    Never leaves the reader.
    """


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
    return (
        unicodedata.category(letter) not in ("Zs", "Zl", "Zp", "Cc", "Cf")
        and letter not in _BLANK_LETTERS
    )


def without_end_marker(response: str) -> str:
    """The response without the end-of-turn markers it closes with; `</s>` that closes an HTML `<s>`
    stays.
    """
    cut, end = len(response), len(response.rstrip())
    while marker := next(
        (marker for marker in END_MARKERS if response.endswith(marker, 0, end)), None
    ):
        cut = end = end - len(marker)
        while response[end - 1 : end].isspace():
            end -= 1
    return response if "</s>" in response[cut:] and "<s>" in response else response[:cut]


def is_only_tokens(text: str) -> bool:
    """Whether a text is made of control tokens of language models and nothing else."""
    return bool(_ONLY_TOKENS.fullmatch(text))


def kind_of(value: object) -> str:
    names = {
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
    return next(
        (name for kind, name in names.items() if isinstance(value, kind)),
        f"a {type(value).__name__}",
    )


def flaw_in(value: object) -> str | None:
    """The first reason why a value, or anything nested in it, cannot be stored as text; None when
    all is well.
    """
    return next(filter(None, map(own_flaw, walk(value))), None)


def own_flaw(value: object) -> str | None:
    """Why a value cannot be stored as text, whatever is nested in it."""
    if isinstance(value, str):
        return (
            None
            if value.isascii() or _encodes(value)
            else "it holds a byte that is not UTF-8, or half of a surrogate pair."
        )
    return value.reason if isinstance(value, Flaw) else None


def walk(value: object) -> Iterator[object]:
    """A value and everything nested in it, names too, level by level and each once; below DEEPEST a
    Flaw stands for the rest.
    """
    level = [value]
    for _ in range(DEEPEST):
        yield from level
        holding = [
            held
            for held in level
            if not isinstance(held, SINGLE) and isinstance(held, Mapping | list | tuple)
        ]
        level = list(
            {
                id(part): part
                for held in holding
                for part in (
                    chain.from_iterable(held.items()) if isinstance(held, Mapping) else held
                )
            }.values()
        )
        if not level:
            return
    yield Flaw(f"it is nested more than {DEEPEST} levels deep.")


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain(value: object) -> object:
    """Arrays and scalars of numpy, pandas and arrow as ordinary Python values; a missing cell is
    None.
    """
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
    """JSON on one line: numbers with their own digits, letters as they are; line separators and
    half surrogate pairs escaped.
    """
    if isinstance(value, Mapping):
        return (
            "{"
            + ", ".join(
                [f"{_string(str(name))}: {json_text(part)}" for name, part in value.items()]
            )
            + "}"
        )
    if isinstance(value, list | tuple):
        return "[" + ", ".join([json_text(part) for part in value]) + "]"
    if isinstance(value, str):
        return _string(value)
    return (
        value.written
        if isinstance(value, WrittenFloat)
        else json.dumps(value, allow_nan=False, default=str)
    )


def _string(text: str) -> str:
    return json.dumps(text, ensure_ascii=flaw_in(text) is not None).translate(_LINE_BREAKS)
