"""Two texts compared word by word: what both say, and what only one of them says."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# the beginning of the text, a word or a punctuation mark; and the white space after it
_PIECE = re.compile(r"(\A|\w+|[^\w\s])(\s*)")

Opcode = tuple[str, int, int, int, int]  # as of difflib


class Side(StrEnum):
    """Which of the two texts holds a span."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text and the texts that hold it."""

    side: Side
    text: str


def word_diff(left: str, right: str) -> tuple[Span, ...]:
    """Spans of two texts in reading order.

    Those of BOTH and LEFT joined are the left text, those of BOTH and RIGHT the right one. Words
    and punctuation marks are compared one by one, and between equal ones their white space.
    """
    return tuple(_joined(_spans(_PIECE.findall(left), _PIECE.findall(right))))


def _spans(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> Iterator[Span]:
    """Spans as they come; neighbours may be of one side."""
    opcodes = _opcodes([word for word, _ in left], [word for word, _ in right])
    for tag, a, b, c, d in opcodes:
        if tag == "equal":
            yield from _equal(left[a:b], right[c:d])
        else:
            yield from _changed(_text(left[a:b]), _text(right[c:d]))


def _equal(left: Sequence[tuple[str, str]], right: Sequence[tuple[str, str]]) -> Iterator[Span]:
    """Pieces with equal words; their white space may differ."""
    for (word, space), (_, other_space) in zip(left, right, strict=True):
        yield Span(Side.BOTH, word)
        if space == other_space:
            yield Span(Side.BOTH, space)
        else:
            yield Span(Side.LEFT, space)
            yield Span(Side.RIGHT, other_space)


def _text(pieces: Sequence[tuple[str, str]]) -> str:
    """The text of some pieces."""
    return "".join(word + space for word, space in pieces)


def _changed(old: str, new: str) -> Iterator[Span]:
    """One stretch instead of another; white space that ends both alike is not changed."""
    shared = 0
    if old and new and _ending(old) == _ending(new):
        shared = len(_ending(old))
    yield Span(Side.LEFT, old[: len(old) - shared])
    yield Span(Side.RIGHT, new[: len(new) - shared])
    yield Span(Side.BOTH, old[len(old) - shared :])


def _ending(text: str) -> str:
    """The white space that a text ends with."""
    return text[len(text.rstrip()) :]


def _opcodes(left: list[str], right: list[str]) -> Iterator[Opcode]:
    """The opcodes of difflib.

    What both begin and end with, most of two near-duplicates, is set aside first.
    """
    head = _common_prefix(left, right)
    tail = _common_prefix(left[head:][::-1], right[head:][::-1])
    left_end, right_end = len(left) - tail, len(right) - tail
    yield "equal", 0, head, 0, head
    matcher = SequenceMatcher(None, left[head:left_end], right[head:right_end], autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        yield tag, a + head, b + head, c + head, d + head
    yield "equal", left_end, len(left), right_end, len(right)


def _common_prefix(left: list[str], right: list[str]) -> int:
    """How many words two texts begin with alike."""
    for position, (mine, other) in enumerate(zip(left, right)):
        if mine != other:
            return position
    return min(len(left), len(right))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Neighbours joined: between two spans of BOTH at most one of LEFT, then one of RIGHT."""
    filled = (span for span in spans if span.text)
    for shared, group in groupby(filled, key=lambda span: span.side is Side.BOTH):
        members = list(group)
        for side in (Side.BOTH,) if shared else (Side.LEFT, Side.RIGHT):
            text = "".join(span.text for span in members if span.side is side)
            if text:
                yield Span(side, text)
