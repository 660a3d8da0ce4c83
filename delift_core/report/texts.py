"""Text of the data on its way into the report: cut to a known size, every character of it visible."""

from bisect import bisect_right
from collections.abc import Iterable
from html import escape
from itertools import accumulate

ELLIPSIS = "…"
VISIBLE = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"} | {
    127: "\u2421"
}

ESCAPED = {letter: len(escape(letter)) for letter in "&<>\"'"}


def visible(text: str) -> str:
    """The same text with pictures of the control characters that no page may hold; a lone surrogate
    is spelled out.
    """
    return text.translate(VISIBLE).encode("utf-8", "backslashreplace").decode("utf-8")


def weight(text: str) -> int:
    """Bytes of a visible text as it is written into the page."""
    return len(escape(text).encode("utf-8"))


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes in the page, an ellipsis for what was left out."""
    text = visible(text[: most + 1])  # a letter weighs a byte or more
    if weight(text) <= most:
        return text
    grown = list(accumulate(ESCAPED.get(letter) or len(letter.encode()) for letter in text))
    return text[: bisect_right(grown, most - weight(ELLIPSIS))] + ELLIPSIS


def first_line(text: str) -> str:
    """The first line that says something."""
    return text.strip().partition("\n")[0].strip()


def shared_out(texts: Iterable[str], budget: int, most: int) -> list[str]:
    """Each text cut to the same size, so that together they keep to a budget in bytes."""
    texts = list(texts)
    return [cut(text, min(most, budget // max(len(texts), 1))) for text in texts]
