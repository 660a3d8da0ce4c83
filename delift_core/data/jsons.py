"""JSON text becomes numbered values: whole documents, one object per line, or lists and objects one
after another.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator

from delift_core.data.example import Problem
from delift_core.data.text import Flaw, WrittenFloat

LONGEST_INT = 4300  # digits; Python itself refuses to convert more
LOOKED_AT = 500  # lines read to tell whether they are JSON one by one
_AROUND = " \t\r\n\ufeff"  # spaces, and the mark that files put together have in their middle
_LINE_BREAK = re.compile(r"\r\n|\n|\r")  # not splitlines: U+2028 may stand inside a string
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]|,', re.DOTALL)
_OPENER = {"]": "[", "}": "{"}


def numbered_values(text: str) -> Iterator[tuple[int, object]] | None:
    """Every row of a JSON text with its line or place, None if the text is not JSON at all."""
    document = parsed(text)
    opens = text.lstrip()[:1] in ("[", "{")
    if not isinstance(document, Problem):
        return (
            enumerate(document if isinstance(document, list) else [document], 1) if opens else None
        )
    bare = ((number, line.strip(_AROUND)) for number, line in enumerate(_LINE_BREAK.split(text), 1))
    lines = [(number, line) for number, line in bare if line]
    if _one_per_line([line for _, line in lines], text):
        return ((number, parsed(line)) for number, line in lines)
    return enumerate(separate_values(text), 1) if opens else None


def _one_per_line(lines: list[str], text: str) -> bool:
    """Whether lines are values of their own: most are whole objects, or begin like one and read
    better so, or are JSON of any kind.
    """
    whole = sum(line[:1] == "{" and line[-1:] == "}" for line in lines)
    if whole * 2 >= len(lines):
        return True
    begun = sum(line[:1] == "{" and len(line) > 1 for line in lines)
    if text.lstrip()[:1] == "[" or not begun:
        return False
    if begun * 2 >= len(lines):
        return _readable(map(parsed, lines)) >= _readable(separate_values(text))
    looked_at = lines[:LOOKED_AT]
    return _readable(map(parsed, looked_at)) * 2 >= len(looked_at)


def _readable(values: Iterator[object]) -> int:
    return sum(not isinstance(value, Problem) for value in values)


def parsed(text: str) -> object:
    """One JSON value; a Problem (its row not yet known) when it is not one."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        what = (error.msg[0].lower() + error.msg[1:]).removesuffix(" at")
        return Problem(0, f"not valid JSON: {what} at character {error.pos + 1}.")
    except RecursionError:
        return Problem(0, "the JSON is nested too deeply to be read.")


def separate_values(text: str) -> Iterator[object]:
    """The items of lists and the objects of a text, one after another; what stands between them, or
    lacks its end, is a Problem.
    """
    start, levels, listed = 0, Levels(), False
    for token in _TOKEN.finditer(text):
        mark, outside = token.group(), not levels.open
        levels.follow(mark)
        if outside and levels.open:
            yield from _values(text[start : token.start()])
            listed = mark == "["
            start = token.end() if listed else token.start()
        elif levels.open == ["["] and mark == "," or not (levels.open or outside):
            yield from _values(text[start : token.start() if listed else token.end()])
            start, listed = token.end(), bool(levels.open)
    rest = list(_values(text[start:]))
    yield from rest
    if listed and not any(isinstance(value, Problem) for value in rest):
        yield Problem(
            0, "the list is not closed: the file is cut off here, and what followed is missing."
        )


class Levels:
    """The brackets open at a place in a text; one that closes takes with it those that were left
    open within it.
    """

    def __init__(self):
        self.open, self.counts = [], Counter()

    def follow(self, mark: str) -> None:
        opener = _OPENER.get(mark)
        if mark in _OPENER.values():
            self.open.append(mark)
            self.counts[mark] += 1
        elif self.counts[opener]:
            closed = None
            while closed != opener:
                closed = self.open.pop()
                self.counts[closed] -= 1


def _values(piece: str) -> Iterator[object]:
    """The value a piece of text holds; none where there are only commas and spaces."""
    piece = piece.strip("," + _AROUND)
    return map(parsed, [piece] if piece else [])


def _int(digits: str) -> int | WrittenFloat | Flaw:
    if digits == "-0":
        return WrittenFloat(digits)
    return (
        int(digits)
        if len(digits) <= LONGEST_INT
        else Flaw(f"a whole number has {len(digits)} digits, which is too long to read.")
    )


def _float(digits: str) -> WrittenFloat | Flaw:
    number = WrittenFloat(digits)
    return (
        number
        if abs(number) != float("inf")
        else Flaw(f"the number {digits} is too large to read.")
    )


def _object(pairs: list[tuple[str, object]]) -> dict | Flaw:
    fields = dict(pairs)
    return (
        fields
        if len(fields) == len(pairs)
        else Flaw(
            "a field name stands twice in one object, so one of the two values would be lost."
        )
    )


def _constant(name: str) -> Flaw:
    return Flaw(f"{name} is not a JSON number.")


_DECODER = json.JSONDecoder(
    parse_float=_float, parse_int=_int, parse_constant=_constant, object_pairs_hook=_object
)
