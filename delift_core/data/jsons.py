"""JSON text becomes numbered values: whole documents, one object per line, or one object after another."""

import json
import re
from collections.abc import Iterator

from delift_core.data.example import Problem
from delift_core.data.text import Flaw, WrittenFloat

LONGEST_INT = 4300                      # digits; Python itself refuses to convert more
_LINE_BREAK = re.compile(r"\r\n|\n|\r")           # not splitlines: U+2028 may stand inside a string
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[{]|[\]}]|,', re.DOTALL)


def numbered_values(text: str, name: str) -> Iterator[tuple[int, object]] | None:
    """Every row of a JSON text with its line or place, None if the text is not JSON at all."""
    document = parsed(text)
    if not isinstance(document, Problem):
        rows = document if isinstance(document, list) else [document]
        return enumerate(rows, 1) if text.lstrip()[:1] in ("[", "{") else None
    lines = [(number, line.strip()) for number, line in enumerate(_LINE_BREAK.split(text), 1) if line.strip()]
    whole = sum(line[0] == "{" and line[-1] == "}" for _, line in lines)
    if whole * 2 >= len(lines):
        return ((number, parsed(line)) for number, line in lines)
    if text.lstrip()[:1] in ("[", "{"):
        return ((number, parsed(value)) for number, value in enumerate(separate_values(text), 1))
    return None


def parsed(text: str) -> object:
    """One JSON value; a Problem (its row not yet known) when it is not one."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        what = (error.msg[0].lower() + error.msg[1:]).removesuffix(" at")
        return Problem(0, f"not valid JSON: {what} at character {error.pos + 1}.")
    except RecursionError:
        return Problem(0, "the JSON is nested too deeply to be read.")


def separate_values(text: str) -> Iterator[str]:
    """The values of a list that does not parse as a whole, or of objects written one after another: cut where brackets balance."""
    level = 1 if text.lstrip().startswith("[") else 0
    start, depth = (text.index("[") + 1 if level else 0), level
    for token in _TOKEN.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token.group(), 0)
        closes_object = level == 0 and depth == 0 and token.group() in "]}"
        if depth < level or closes_object or (depth == level == 1 and token.group() == ","):
            yield from filter(None, [text[start:token.end() if closes_object else token.start()].strip()])
            start = token.end()
        if depth < level:
            return
    yield from filter(None, [text[start:].strip()])


def _int(digits: str) -> int | Flaw:
    return int(digits) if len(digits) <= LONGEST_INT else Flaw(f"a whole number has {len(digits)} digits, which is too long to read.")


def _float(digits: str) -> WrittenFloat | Flaw:
    number = WrittenFloat(digits)
    return number if abs(number) != float("inf") else Flaw(f"the number {digits} is too large to read.")


def _object(pairs: list[tuple[str, object]]) -> dict | Flaw:
    fields = dict(pairs)
    return fields if len(fields) == len(pairs) else Flaw("a field name stands twice in one object, so one of the two values would be lost.")


def _constant(name: str) -> Flaw:
    return Flaw(f"{name} is not a JSON number.")


_DECODER = json.JSONDecoder(parse_float=_float, parse_int=_int, parse_constant=_constant, object_pairs_hook=_object)
