"""Delimited text becomes numbered rows of text: the delimiter and the header are told by looking at the cells."""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from delift_core.data.example import Problem, ProblemKind

DELIMITERS = ("\t", ",", ";", "|")
LOOKED_AT = 500                         # records read to tell the delimiter
LONGEST_NAME = 64
_NUMBER = re.compile(r"[-+]?[\d.,]*\d%?")
_LINE = re.compile(r"\s*([^\r\n]*)")
_SEPARATOR_LINE = re.compile(r'"?sep=([\t,;|])"?(?=[\r\n])')
_SENTENCE_END = re.compile(r"[.!?。？！]$")


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file: its column names, its records (cells, or the Problem that stands for them), and remarks."""

    columns: list[str]
    records: list[list[str] | Problem]
    notes: list[Problem]

    def numbered(self) -> Iterator[tuple[int, object]]:
        """Records as rows, numbered from 1 without the header; a record of another width is a broken row, never shifted."""
        width = len(self.columns)
        for row, cells in enumerate(self.records, 1):
            if isinstance(cells, Problem) or len(cells) == width:
                yield row, cells if isinstance(cells, Problem) else dict(zip(self.columns, cells))
            else:
                yield row, Problem(row, f"the row has {len(cells)} cell{'s' * (len(cells) != 1)} where the header has {width}. "
                                        f"Put text that holds the delimiter in double quotes.")


def read_table(text: str, is_known: Callable[[str], bool]) -> Table | None:
    """A delimited text as a table, None when no delimiter explains it. `is_known` tells names that are surely column names."""
    text, said = without_separator_line(text)
    delimiter = said or delimiter_of(text, is_known)
    if delimiter is None or not isinstance(next(records(text, delimiter), None), list):
        return None
    found = list(records(text, delimiter))
    if delimiter == "\t" and '"' in text:
        found = _with_quotes_as_letters(found, list(records(text, delimiter, quoted=False)))
    if not has_header(found[0], is_known):
        return Table([f"column {place}" for place in range(1, len(found[0]) + 1)], found, [])
    columns, notes = distinct_names(found[0])
    return Table(columns, found[1:], notes)


def _with_quotes_as_letters(quoted: list, lines: list) -> list:
    """Of two ways to read tabs the one that breaks no record and joins no lines that are whole records by themselves."""
    joins_whole_lines = len(quoted) < len(lines) and len({len(line) for line in lines}) == 1
    return lines if joins_whole_lines or any(isinstance(record, Problem) for record in quoted) else quoted


def without_separator_line(text: str) -> tuple[str, str | None]:
    """The text with a first line such as sep=; left empty and the delimiter that line names, as spreadsheets write it."""
    line = _SEPARATOR_LINE.match(text)
    return (text[line.end():], line[1]) if line else (text, None)


def is_headed(text: str, is_known: Callable[[str], bool]) -> bool:
    """Whether the first line of a text surely names columns, so that lines of JSON below it are cells."""
    line = _LINE.match(without_separator_line(text)[0])[1]
    if line.startswith(("{", "[")):
        return False
    firsts = [_first(records(line, delimiter), 1) for delimiter in DELIMITERS]
    return any(isinstance(first, list) and len(first) > 1 and any(map(is_known, first)) for found in firsts for first in found)


def delimiter_of(text: str, is_known: Callable[[str], bool]) -> str | None:
    """The delimiter by which most records are as wide as the first; known column names in the first record decide."""
    scores = {}
    for delimiter in DELIMITERS:
        first, *others = _first(records(text, delimiter), LOOKED_AT) or [[]]
        if not isinstance(first, Problem) and len(first) > 1:
            same = sum(not isinstance(cells, Problem) and len(cells) == len(first) for cells in others)
            scores[delimiter] = any(map(is_known, first)) + (same / len(others) if others else 1.0)
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best] > 0 else None


def _first(items: Iterable, count: int) -> list:
    return [item for item, _ in zip(items, range(count))]


def records(text: str, delimiter: str, quoted: bool = True) -> Iterator[list[str] | Problem]:
    """Cells of each record; a record whose quotes do not fit is one Problem, and reading goes on at the line after it began."""
    lines = list(io.StringIO(text, newline=""))
    csv.field_size_limit(sys.maxsize)
    quoting = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    start = 0
    while start < len(lines):
        reader = csv.reader(lines[start:] if start else lines, delimiter=delimiter, quoting=quoting, strict=True)
        begun = 0
        try:
            for cells in reader:
                begun = reader.line_num
                if cells:
                    yield cells
            return
        except csv.Error:
            start += begun + 1
            yield Problem(0, f"a double quote in line {start} of the file is not closed where a cell ends. Write it as two double quotes.")


def has_header(cells: list[str], is_known: Callable[[str], bool]) -> bool:
    """Whether a first record names columns: a known name, or only short, distinct cells that are neither numbers nor sentences."""
    if any(map(is_known, cells)):
        return True
    plain = [cell for cell in cells if cell.strip() and len(cell) <= LONGEST_NAME and "\n" not in cell
             and not _NUMBER.fullmatch(cell.strip()) and not _SENTENCE_END.search(cell.strip())]
    return len(plain) == len(cells) == len(set(cells))


def distinct_names(header: list[str]) -> tuple[list[str], list[Problem]]:
    """Column names with empty and repeated ones renamed, and a remark on each renaming."""
    names, columns, notes, numbers = [cell.strip() for cell in header], {}, [], Counter()
    taken = set(names)
    for place, name in enumerate(names, 1):
        given = plain = name or f"column {place}"
        while given in columns or (given != name and given in taken):
            numbers[plain] += 1
            given = f"{plain} ({numbers[plain] + 1})"
        columns[given] = None
        if given != name:
            what = f"is named {name!r} like an earlier one" if name else "has no name"
            notes.append(Problem(0, f"column {place} of the header {what}; it is read as {given!r}.", ProblemKind.ALTERED))
    return list(columns), notes
