"""JSON text becomes numbered values: of a document, of lines, or of lists and objects in a row."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from delift_core.data.example import Problem
from delift_core.data.flaws import Flaw
from delift_core.data.text import WrittenFloat

LONGEST_INT = 4300  # digits; Python itself refuses to convert more
LINES_SAMPLED = 500  # read to decide whether the lines are JSON values of their own
_AROUND = " \t\r\n\ufeff"  # spaces, and the mark that files put together have in their middle
_LINE_BREAK = re.compile(r"\r\n|\n|\r")  # not splitlines: U+2028 may stand inside a string
_LIST_START = re.compile(r"\s*\[\s*")
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]|,', re.DOTALL)
_OPENER = {"]": "[", "}": "{"}


def numbered_values(text: str) -> Iterator[tuple[int, object]] | None:
    """Every row of a JSON text with its line or position; None if the text is not JSON at all."""
    is_nested = text.lstrip()[:1] in ("[", "{")
    document = parsed_json(text)
    if not isinstance(document, Problem):
        if not is_nested:
            return None
        values = document if isinstance(document, list) else [document]
        return enumerate(values, 1)
    lines = numbered_lines(text)
    if _is_one_per_line([line for _, line in lines], text):
        return ((number, parsed_json(line)) for number, line in lines)
    return enumerate(separate_values(text), 1) if is_nested else None


def numbered_lines(text: str) -> list[tuple[int, str]]:
    """(number, line) of every line that is not blank."""
    lines = _LINE_BREAK.split(text) if "\r" in text else text.split("\n")
    stripped = (line.strip(_AROUND) for line in lines)
    return [(number, line) for number, line in enumerate(stripped, 1) if line]


def _is_one_per_line(lines: list[str], text: str) -> bool:
    """Whether lines are values of their own.

    Either most are whole objects, or most begin like one and more can be read than of the text as a
    whole, or most are JSON of any kind.
    """
    whole = sum(line[:1] == "{" and line[-1:] == "}" for line in lines)
    if whole * 2 >= len(lines):
        return True
    begun = sum(line[:1] == "{" and len(line) > 1 for line in lines)
    if text.lstrip()[:1] == "[" or not begun:
        return False
    if begun * 2 >= len(lines):
        return _readable(map(parsed_json, lines)) >= _readable(separate_values(text))
    sample = lines[:LINES_SAMPLED]
    return _readable(map(parsed_json, sample)) * 2 >= len(sample)


def _readable(values: Iterable[object]) -> int:
    """How many values are no Problem."""
    return sum(not isinstance(value, Problem) for value in values)


def parsed_json(text: str) -> object:
    """One JSON value; a Problem (its row not yet known) when it is not one."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        message = (error.msg[0].lower() + error.msg[1:]).removesuffix(" at")
        return Problem(0, f"not valid JSON: {message} at character {error.pos + 1}.")
    except RecursionError:
        return Problem(0, "the JSON is nested too deeply to be read.")


def first_item(text: str) -> object:
    """The first item of a text that is a list in JSON, read alone; None for other texts."""
    start = _LIST_START.match(text)
    if start is None:
        return None
    try:
        return _DECODER.raw_decode(text, start.end())[0]
    except (json.JSONDecodeError, RecursionError):
        return None


def separate_values(text: str) -> Iterator[object]:
    """The items of lists and the objects of a text, one after another.

    What stands between them, or lacks its end, is a Problem.
    """
    start, levels, is_list = 0, Levels(), False
    for token in _TOKEN.finditer(text):
        bracket, was_outside = token.group(), not levels.open
        levels.follow(bracket)
        is_opened = was_outside and bool(levels.open)
        is_closed = not was_outside and not levels.open
        if is_opened:
            yield from _values(text[start : token.start()])
            is_list = bracket == "["
            start = token.end() if is_list else token.start()
        elif is_closed or (levels.open == ["["] and bracket == ","):
            yield from _values(text[start : token.start() if is_list else token.end()])
            start, is_list = token.end(), bool(levels.open)
    rest = list(_values(text[start:]))
    yield from rest
    if is_list and _readable(rest) == len(rest):
        yield Problem(
            0, "the list is not closed: the file is cut off here, and what followed is missing."
        )


class Levels:
    """The brackets open at a position of a text.

    One that closes takes with it those that were left open within it.
    """

    def __init__(self) -> None:
        self.open: list[str] = []
        self.counts: Counter[str] = Counter()

    def follow(self, bracket: str) -> None:
        """Open or close a bracket; any other text changes nothing."""
        opener = _OPENER.get(bracket)
        if bracket in _OPENER.values():
            self.open.append(bracket)
            self.counts[bracket] += 1
        elif opener and self.counts[opener]:
            closed = None
            while closed != opener:
                closed = self.open.pop()
                self.counts[closed] -= 1


def _values(piece: str) -> Iterator[object]:
    """The value a piece of text holds; none where there are only commas and spaces."""
    piece = piece.strip("," + _AROUND)
    if piece:
        yield parsed_json(piece)


def _int(digits: str) -> int | WrittenFloat | Flaw:
    if digits == "-0":
        return WrittenFloat(digits)
    if len(digits) > LONGEST_INT:
        return Flaw(f"a whole number has {len(digits)} digits, which is too long to read.")
    return int(digits)


def _float(digits: str) -> WrittenFloat | Flaw:
    number = WrittenFloat(digits)
    if abs(number) == float("inf"):
        return Flaw(f"the number {digits} is too large to read.")
    return number


def _object(pairs: list[tuple[str, object]]) -> dict | Flaw:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        return Flaw(
            "a field name stands twice in one object, so one of the two values would be lost."
        )
    return fields


def _constant(name: str) -> Flaw:
    return Flaw(f"{name} is not a JSON number.")


_DECODER = json.JSONDecoder(
    parse_float=_float, parse_int=_int, parse_constant=_constant, object_pairs_hook=_object
)
