"""Delimited text becomes records: lists of cells, a Problem for one whose quotes do not fit."""

import csv
import io
import sys
from collections.abc import Iterator
from typing import NamedTuple

from delift_core.data.example import Problem


class UnquotedCells(list[str]):
    """The cells of a line as it is written, its quotes letters like any other."""


Record = list[str] | Problem


class _Span(NamedTuple):
    """The lines of one record, and its cells."""

    first: int  # line
    stop: int  # line behind the last one
    cells: list[str] | None  # None where quotes do not fit, or join lines that are whole records


def records_of(text: str, delimiter: str) -> Iterator[Record]:
    """The records of a text; reading goes on at the line after one whose quotes do not fit."""
    for span in _spans(_lines_of(text), delimiter):
        if span.cells is None:
            yield _unclosed_quote(span.first)
        else:
            yield span.cells


def tabbed_records(text: str) -> list[Record]:
    """Records between tabs, where quotes may be letters.

    They are letters in a line that cannot be quoted text, and in lines that quotes would join
    though each is a record by itself. Lines stay joined where any record of several lines could
    only come from quoting: it doubles a quote, or its lines are no records.
    """
    lines = _lines_of(text)
    spans = list(_spans(lines, "\t"))
    width = len(spans[0].cells or [])
    joined = [lines[span.first : span.stop] for span in spans if span.stop - span.first > 1]
    if joined and all(_are_unquoted(part, width) for part in joined):
        spans = list(_spans(lines, "\t", width))
    return [_tabbed_record(span, lines, width) for span in spans]


def _are_unquoted(lines: list[str], width: int) -> bool:
    return _are_whole(lines, width) and '""' not in "".join(lines)


def _tabbed_record(span: _Span, lines: list[str], width: int) -> Record:
    if span.cells is not None:
        return span.cells
    line = lines[span.first]
    if _are_whole([line], width):
        return UnquotedCells(_cells_as_written(line))
    return _unclosed_quote(span.first)


def _lines_of(text: str) -> list[str]:
    return list(io.StringIO(text, newline=""))


def _unclosed_quote(line: int) -> Problem:
    return Problem(
        0,
        f"a double quote in line {line + 1} of the file is not closed where a cell ends. Write it"
        " as two double quotes.",
    )


def _spans(lines: list[str], delimiter: str, width_apart: int = 0) -> Iterator[_Span]:
    """Every record of some lines.

    width_apart: quotes that join lines of so many cells each do not count as quotes; 0 lets them.

    What a line within quotes leads to is the same wherever they opened: lines of a record that
    failed are read again only by themselves, so that no line is read more than three times.
    """
    csv.field_size_limit(sys.maxsize)
    start = failed = 0
    while start < len(lines):
        stop = start + 1 if start < failed else len(lines)
        part = map(lines.__getitem__, range(start, stop))
        reader = csv.reader(part, delimiter=delimiter, strict=True)
        first = start
        try:
            for cells in reader:
                behind = start + reader.line_num
                joins_lines = behind - first > 1
                if width_apart and joins_lines and _are_whole(lines[first:behind], width_apart):
                    raise csv.Error("whole lines are joined")
                if cells:
                    yield _Span(first, behind, cells)
                first = behind
            start = stop
        except csv.Error:
            yield _Span(first, first + 1, None)
            failed = max(failed, start + reader.line_num - 1)
            start = first + 1


def _are_whole(lines: list[str], width: int) -> bool:
    """Whether every line that is not empty has `width` cells, were its quotes letters."""
    return all(len(cells) == width for cells in map(_cells_as_written, lines) if cells != [""])


def _cells_as_written(line: str) -> list[str]:
    return line.rstrip("\r\n").split("\t")
