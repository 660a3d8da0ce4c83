"""Delimited text becomes numbered rows of text: delimiter and header follow from the cells."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from delift_core.data.example import Problem, ProblemKind
from delift_core.data.records import Record, UnquotedCells, records_of, tabbed_records

DELIMITERS = ("\t", ",", ";", "|")
RECORDS_SAMPLED = 500  # read to choose the delimiter
LONGEST_NAME = 64
_NUMBER = re.compile(r"[-+]?[\d.,]*\d%?")
_LINE = re.compile(r"\s*([^\r\n]*)")
_SEPARATOR_LINE = re.compile(r'"?sep=([\t,;|])"?(?=[\r\n])')
_OBJECTS = ("[{", "{", "array([{")  # what a cell with objects begins with
_SENTENCE_END = re.compile(r"[.!?。？！]$")


@dataclass(frozen=True, slots=True)
class Table:
    """A delimited file: its column names, its records, and remarks on it."""

    columns: list[str]
    records: list[Record]
    notes: list[Problem]

    def numbered(self) -> Iterator[tuple[int, object]]:
        """Records as rows, numbered from 1 without the header.

        A record of another width is a broken row, its cells are never shifted.
        """
        for row, record in enumerate(self.records, 1):
            if isinstance(record, Problem):
                yield row, record
            elif len(record) == len(self.columns):
                yield row, dict(zip(self.columns, record))
            else:
                yield row, self._wrong_width(row, len(record))

    def _wrong_width(self, row: int, width: int) -> Problem:
        cells = "1 cell" if width == 1 else f"{width} cells"
        return Problem(
            row,
            f"the row has {cells} where the header has {len(self.columns)}. Put text that holds the"
            " delimiter in double quotes.",
        )


def read_table(text: str, is_known: Callable[[str], bool]) -> Table | None:
    """A delimited text as a table, None when no delimiter explains it.

    is_known: whether a cell is surely a column name.
    """
    text, delimiter = without_separator_line(text)
    delimiter = delimiter or delimiter_of(text, is_known) or _delimiter_of_objects(text)
    if delimiter is None or not isinstance(next(records_of(text, delimiter), None), list):
        return None
    if delimiter == "\t":
        records = tabbed_records(text)
    else:
        records = list(records_of(text, delimiter))
    first = records[0]
    if isinstance(first, list) and has_header(first, is_known):
        columns, notes = distinct_names(first)
        del records[0]
    else:
        columns, notes = [f"column {number}" for number in range(1, _width(first) + 1)], []
    return Table(columns, records, notes + _unquoted_remarks(text, records))


def _unquoted_remarks(text: str, records: list[Record]) -> list[Problem]:
    """A remark on each row whose quotes were kept as letters, where other rows lost theirs."""
    unquoted = [row for row, cells in enumerate(records, 1) if isinstance(cells, UnquotedCells)]
    if not unquoted or _quotes_in(records) == text.count('"'):
        return []
    return [
        Problem(
            row,
            "its double quotes are not closed where a cell ends, so they are read as letters,"
            " unlike those of other rows. If they quote the text, write those within it as two.",
            ProblemKind.ALTERED,
        )
        for row in unquoted
    ]


def _quotes_in(records: list[Record]) -> int:
    return sum(cell.count('"') for cells in records if isinstance(cells, list) for cell in cells)


def without_separator_line(text: str) -> tuple[str, str | None]:
    """The text behind a first line such as sep=; and the delimiter that line names.

    Spreadsheets write such a line; its end stays, so that lines keep their numbers.
    """
    line = _SEPARATOR_LINE.match(text)
    if line is None:
        return text, None
    return text[line.end() :], line[1]


def is_headed(text: str, is_known: Callable[[str], bool]) -> bool:
    """Whether the first line surely names columns, so that lines of JSON below it are cells."""
    match = _LINE.match(without_separator_line(text)[0])
    line = match[1] if match else ""
    if line.startswith(("{", "[")):
        return False
    for delimiter in DELIMITERS:
        first = next(records_of(line, delimiter), None)
        if isinstance(first, list) and len(first) > 1 and any(map(is_known, first)):
            return True
    return False


def delimiter_of(text: str, is_known: Callable[[str], bool]) -> str | None:
    """The delimiter by which most records are as wide as the first; None where there is none.

    One by which the first record holds a known column name comes before all others.
    """
    scores = {delimiter: _delimiter_score(text, delimiter, is_known) for delimiter in DELIMITERS}
    best = max(DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] > 0 else None


def _delimiter_of_objects(text: str) -> str | None:
    """A delimiter by which every record is one cell, and most below the first hold objects.

    Such is the only column of a table whose cells are JSON or Python's repr. None where there is
    none.
    """
    for delimiter in DELIMITERS:
        header, *others = list(islice(records_of(text, delimiter), RECORDS_SAMPLED)) or [[]]
        cells = [record[0] for record in others if isinstance(record, list) and len(record) == 1]
        objects = sum(cell.lstrip().startswith(_OBJECTS) for cell in cells)
        if _width(header) == 1 and objects * 2 > len(others):
            return delimiter
    return None


def _delimiter_score(text: str, delimiter: str, is_known: Callable[[str], bool]) -> float:
    """Share of records as wide as the first, plus 1 for a known name; 0 for a single column."""
    first, *others = list(islice(records_of(text, delimiter), RECORDS_SAMPLED)) or [[]]
    if isinstance(first, Problem) or len(first) < 2:
        return 0.0
    share = 1.0
    if others:
        share = sum(_width(record) == len(first) for record in others) / len(others)
    return any(map(is_known, first)) + share


def _width(record: Record) -> int:
    """The number of cells; 0 for a record that could not be read."""
    return 0 if isinstance(record, Problem) else len(record)


def has_header(cells: list[str], is_known: Callable[[str], bool]) -> bool:
    """Whether a first record names columns.

    It holds a known name, or only short, distinct cells that are neither numbers nor sentences.
    """
    if any(map(is_known, cells)):
        return True
    return len(cells) == len(set(cells)) and all(map(_reads_as_a_name, cells))


def _reads_as_a_name(cell: str) -> bool:
    text = cell.strip()
    return (
        bool(text)
        and len(cell) <= LONGEST_NAME
        and "\n" not in cell
        and not _NUMBER.fullmatch(text)
        and not _SENTENCE_END.search(text)
    )


def distinct_names(header: list[str]) -> tuple[list[str], list[Problem]]:
    """Column names with empty and repeated ones renamed, and a remark on each renaming."""
    names = [cell.strip() for cell in header]
    own_names = set(names)
    columns: dict[str, None] = {}  # an ordered set
    notes: list[Problem] = []
    repeats: Counter[str] = Counter()
    for position, name in enumerate(names, 1):
        base = column = name or f"column {position}"
        while column in columns or (column != name and column in own_names):
            repeats[base] += 1
            column = f"{base} ({repeats[base] + 1})"
        columns[column] = None
        if column != name:
            notes.append(_renamed(position, name, column))
    return list(columns), notes


def _renamed(position: int, name: str, column: str) -> Problem:
    reason = f"is named {name!r} like an earlier one" if name else "has no name"
    return Problem(
        0,
        f"column {position} of the header {reason}; it is read as {column!r}.",
        ProblemKind.ALTERED,
    )
