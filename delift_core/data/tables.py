"""Delimited text becomes numbered rows of text: the delimiter and the header are told by looking at
the cells.
"""

import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from delift_core.data.example import Problem, ProblemKind

DELIMITERS = ("\t", ",", ";", "|")
LOOKED_AT = 500  # records read to tell the delimiter
LONGEST_NAME = 64
_NUMBER = re.compile(r"[-+]?[\d.,]*\d%?")
_LINE = re.compile(r"\s*([^\r\n]*)")
_SEPARATOR_LINE = re.compile(r'"?sep=([\t,;|])"?(?=[\r\n])')
_SENTENCE_END = re.compile(r"[.!?。？！]$")


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file: its column names, its records (cells, or the Problem that stands for them),
    and remarks.
    """

    columns: list[str]
    records: list[list[str] | Problem]
    notes: list[Problem]

    def numbered(self) -> Iterator[tuple[int, object]]:
        """Records as rows, numbered from 1 without the header; a record of another width is a
        broken row, never shifted.
        """
        width = len(self.columns)
        for row, cells in enumerate(self.records, 1):
            if isinstance(cells, Problem) or len(cells) == width:
                yield row, cells if isinstance(cells, Problem) else dict(zip(self.columns, cells))
            else:
                yield (
                    row,
                    Problem(
                        row,
                        f"the row has {len(cells)} cell{'s' * (len(cells) != 1)} where the header has"
                        f" {width}. Put text that holds the delimiter in double quotes.",
                    ),
                )


class _Lettered(list):
    """The cells of a line as it is written, its quotes letters like any other."""


def read_table(text: str, is_known: Callable[[str], bool]) -> Table | None:
    """A delimited text as a table, None when no delimiter explains it. `is_known` tells names that
    are surely column names.
    """
    text, said = without_separator_line(text)
    delimiter = said or delimiter_of(text, is_known)
    if delimiter is None or not isinstance(next(records(text, delimiter), None), list):
        return None
    found = _tabbed(text) if delimiter == "\t" else list(records(text, delimiter))
    headed = has_header(found[0], is_known)
    columns, notes = (
        distinct_names(found[0])
        if headed
        else ([f"column {place}" for place in range(1, len(found[0]) + 1)], [])
    )
    rows = found[1:] if headed else found
    return Table(columns, rows, notes + _lettered_among_quoted(text, rows))


def _tabbed(text: str) -> list[list[str] | Problem]:
    """Records between tabs, where quotes may be letters: of a line that cannot be quoted text, and
    of lines joined though each is a record.

    Lines are left joined where any record of several lines could only come from quoting: it doubles
    a quote, or its lines are no records.
    """
    lines = _lines(text)
    spans = list(_spans(lines, "\t"))
    width = len(spans[0][2])
    long = [lines[begun:behind] for begun, behind, _ in spans if behind - begun > 1]
    if long and all(_are_whole(joined, width) and '""' not in "".join(joined) for joined in long):
        spans = list(_spans(lines, "\t", apart=width))
    return [
        (
            _Lettered(_as_written(lines[begun]))
            if cells is None and _are_whole([lines[begun]], width)
            else _open_quote(begun)
            if cells is None
            else cells
        )
        for begun, _, cells in spans
    ]


def _lettered_among_quoted(text: str, rows: list) -> list[Problem]:
    """A remark on each row whose quotes were kept as letters, where other rows of the same file
    lost theirs.
    """
    lettered = [row for row, cells in enumerate(rows, 1) if isinstance(cells, _Lettered)]
    if not lettered or sum(
        cell.count('"') for cells in rows if isinstance(cells, list) for cell in cells
    ) == text.count('"'):
        return []
    return [
        Problem(
            row,
            "its double quotes are not closed where a cell ends, so they are read as letters,"
            " unlike those of other rows. If they quote the text, write those within it as two.",
            ProblemKind.ALTERED,
        )
        for row in lettered
    ]


def without_separator_line(text: str) -> tuple[str, str | None]:
    """The text with a first line such as sep=; left empty and the delimiter that line names, as
    spreadsheets write it.
    """
    line = _SEPARATOR_LINE.match(text)
    return (text[line.end() :], line[1]) if line else (text, None)


def is_headed(text: str, is_known: Callable[[str], bool]) -> bool:
    """Whether the first line of a text surely names columns, so that lines of JSON below it are
    cells.
    """
    line = _LINE.match(without_separator_line(text)[0])[1]
    if line.startswith(("{", "[")):
        return False
    firsts = [_first(records(line, delimiter), 1) for delimiter in DELIMITERS]
    return any(
        isinstance(first, list) and len(first) > 1 and any(map(is_known, first))
        for found in firsts
        for first in found
    )


def delimiter_of(text: str, is_known: Callable[[str], bool]) -> str | None:
    """The delimiter by which most records are as wide as the first; known column names in the first
    record decide.
    """
    scores = {}
    for delimiter in DELIMITERS:
        first, *others = _first(records(text, delimiter), LOOKED_AT) or [[]]
        if not isinstance(first, Problem) and len(first) > 1:
            same = sum(
                not isinstance(cells, Problem) and len(cells) == len(first) for cells in others
            )
            scores[delimiter] = any(map(is_known, first)) + (same / len(others) if others else 1.0)
    best = max(scores, key=scores.get, default=None)
    return best if best and scores[best] > 0 else None


def _first(items: Iterable, count: int) -> list:
    return [item for item, _ in zip(items, range(count))]


def records(text: str, delimiter: str) -> Iterator[list[str] | Problem]:
    """Cells of each record; a record whose quotes do not fit is one Problem, and reading goes on at
    the line after it began.
    """
    return (
        _open_quote(begun) if cells is None else cells
        for begun, _, cells in _spans(_lines(text), delimiter)
    )


def _lines(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def _open_quote(place: int) -> Problem:
    return Problem(
        0,
        f"a double quote in line {place + 1} of the file is not closed where a cell ends. Write it"
        " as two double quotes.",
    )


def _spans(
    lines: list[str], delimiter: str, apart: int = 0
) -> Iterator[tuple[int, int, list[str] | None]]:
    """Each record's first line, the line behind its last one, and its cells; None where quotes do
    not fit or join lines of `apart` cells.

    What a line within quotes leads to is the same wherever they opened: lines of a record that
    failed are read again only by themselves, so that no line is read more than three times.
    """
    csv.field_size_limit(sys.maxsize)
    start = failed = 0
    while start < len(lines):
        stop = start + 1 if start < failed else len(lines)
        reader = csv.reader(
            map(lines.__getitem__, range(start, stop)), delimiter=delimiter, strict=True
        )
        begun = start
        try:
            for cells in reader:
                behind = start + reader.line_num
                if apart and behind - begun > 1 and _are_whole(lines[begun:behind], apart):
                    raise csv.Error("whole lines are joined")
                if cells:
                    yield begun, behind, cells
                begun = behind
            start = stop
        except csv.Error:
            yield begun, begun + 1, None
            failed = max(failed, start + reader.line_num - 1)
            start = begun + 1


def _are_whole(lines: list[str], width: int) -> bool:
    """Whether every line that is not empty has the cells of a record by itself, were its quotes
    letters.
    """
    return all(len(cells) == width for cells in map(_as_written, lines) if cells != [""])


def _as_written(line: str) -> list[str]:
    return line.rstrip("\r\n").split("\t")


def has_header(cells: list[str], is_known: Callable[[str], bool]) -> bool:
    """Whether a first record names columns: a known name, or only short, distinct cells that are
    neither numbers nor sentences.
    """
    if any(map(is_known, cells)):
        return True
    plain = [
        cell
        for cell in cells
        if cell.strip()
        and len(cell) <= LONGEST_NAME
        and "\n" not in cell
        and not _NUMBER.fullmatch(cell.strip())
        and not _SENTENCE_END.search(cell.strip())
    ]
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
            notes.append(
                Problem(
                    0,
                    f"column {place} of the header {what}; it is read as {given!r}.",
                    ProblemKind.ALTERED,
                )
            )
    return list(columns), notes
