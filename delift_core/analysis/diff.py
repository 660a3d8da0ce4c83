"""Two texts word by word: what both say, and what only one of them says."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import groupby

# what begins the text, a word or a mark; and the white space after it
_PIECE = re.compile(r"(\A|\w+|[^\w\s])(\s*)")


class Side(StrEnum):
    """Which of the two texts says something."""

    BOTH = "both"
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text and who says it."""

    side: Side
    text: str


def word_diff(left: str, right: str) -> tuple[Span, ...]:
    """Spans in reading order: those of both and of the left joined are the left text, those of both
    and of the right the right one.

    Words and punctuation marks are compared one by one, and between those that are equal their
    white space.
    """
    return tuple(_joined(_spans(_PIECE.findall(left), _PIECE.findall(right))))


def _spans(mine: Sequence[tuple[str, str]], yours: Sequence[tuple[str, str]]) -> Iterator[Span]:
    """Spans as they come; neighbours may be of one side."""
    for tag, a, b, c, d in _opcodes([word for word, _ in mine], [word for word, _ in yours]):
        if tag == "equal":
            for (word, space), (_, other) in zip(mine[a:b], yours[c:d], strict=True):
                yield Span(Side.BOTH, word)
                yield from (
                    [Span(Side.BOTH, space)]
                    if space == other
                    else [Span(Side.LEFT, space), Span(Side.RIGHT, other)]
                )
        else:
            yield from _changed("".join(map("".join, mine[a:b])), "".join(map("".join, yours[c:d])))


def _changed(old: str, new: str) -> Iterator[Span]:
    """One stretch in the place of another; the white space that ends both alike is no change."""
    ending = (
        len(old) - len(old.rstrip())
        if old and new and old[len(old.rstrip()) :] == new[len(new.rstrip()) :]
        else 0
    )
    yield Span(Side.LEFT, old[: len(old) - ending])
    yield Span(Side.RIGHT, new[: len(new) - ending])
    yield Span(Side.BOTH, old[len(old) - ending :])


def _opcodes(mine: list[str], yours: list[str]) -> Iterator[tuple[str, int, int, int, int]]:
    """As of difflib; what both begin and end with, most of two near duplicates, is set aside before
    it looks for the rest.
    """
    head = _shared(mine, yours)
    tail = _shared(mine[head:][::-1], yours[head:][::-1])
    ends = len(mine) - tail, len(yours) - tail
    yield "equal", 0, head, 0, head
    for tag, *places in SequenceMatcher(
        None, mine[head : ends[0]], yours[head : ends[1]], autojunk=False
    ).get_opcodes():
        yield tag, *(place + head for place in places)
    yield "equal", ends[0], len(mine), ends[1], len(yours)


def _shared(mine: list[str], yours: list[str]) -> int:
    """How many words two texts begin with alike."""
    return next(
        (place for place, (one, other) in enumerate(zip(mine, yours)) if one != other),
        min(len(mine), len(yours)),
    )


def _joined(spans: Iterator[Span]) -> Iterator[Span]:
    """Neighbours in one: between two spans of both stands at most one of the left, then at most one
    of the right.
    """
    for shared, group in groupby(
        (span for span in spans if span.text), key=lambda span: span.side is Side.BOTH
    ):
        group = list(group)
        for side in (Side.BOTH,) if shared else (Side.LEFT, Side.RIGHT):
            if text := "".join(span.text for span in group if span.side is side):
                yield Span(side, text)
