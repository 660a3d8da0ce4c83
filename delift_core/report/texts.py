"""Text of the data on its way into the report: cut to a size, every character of it shown."""

from bisect import bisect_right
from collections.abc import Iterable
from html import escape
from itertools import accumulate

ELLIPSIS = "…"
PICTURES = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"}
PICTURES[127] = "\u2421"
ESCAPED_BYTES = {character: len(escape(character)) for character in "&<>\"'"}


def with_pictures(text: str) -> str:
    """The same text with pictures of control characters, which no page may hold.

    A lone surrogate is written as its escape.
    """
    return text.translate(PICTURES).encode("utf-8", "backslashreplace").decode("utf-8")


def page_bytes(text: str) -> int:
    """Bytes of a text as it is written into the page."""
    return len(escape(text).encode("utf-8"))


def cut(text: str, most: int) -> str:
    """A text of at most so many bytes in the page, with an ellipsis for what was left out."""
    text = with_pictures(text[: most + 1])  # a character takes a byte or more
    if page_bytes(text) <= most:
        return text
    sizes = (ESCAPED_BYTES.get(letter) or len(letter.encode()) for letter in text)
    ends = list(accumulate(sizes))  # (characters,) bytes up to and with each
    return text[: bisect_right(ends, most - page_bytes(ELLIPSIS))] + ELLIPSIS


def opening_line(text: str) -> str:
    """The first line of a text that is not blank."""
    return text.strip().partition("\n")[0].strip()


def cut_to_share(texts: Iterable[str], budget: int, most: int) -> list[str]:
    """Each text cut to the same size, so that together they keep to a budget in bytes."""
    texts = list(texts)
    size = min(most, budget // max(len(texts), 1))
    return [cut(text, size) for text in texts]
