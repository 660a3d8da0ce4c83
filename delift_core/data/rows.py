"""Raw rows: the fields of every row of a source as they are written, before its layout is known."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from delift_core.data.example import Problem, ProblemKind
from delift_core.data.flaws import SCALARS, Flaw, RowError, own_flaw, walk
from delift_core.data.row_layouts.messages import COLUMN_OF_STYLE, style_of
from delift_core.data.text import kind_of


@dataclass(frozen=True, slots=True)
class RawRow:
    """One line or record as it was written, with its 1-based number in the source."""

    row: int
    fields: Mapping[str, object]


@dataclass(frozen=True)
class RawRows:
    """The rows that could be read, the broken ones, and remarks on the source as a whole."""

    source: str
    rows: list[RawRow]
    broken: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    file_digest: str = ""  # sha256 of the file's bytes, where the source is a file

    @property
    def total(self) -> int:
        """The number of rows, broken ones included."""
        return len(self.rows) + len(self.broken)

    @property
    def columns(self) -> list[str]:
        """Every column name, in order of first appearance."""
        return list(dict.fromkeys(name for raw in self.rows for name in raw.fields))


def raw_rows(
    source: str, numbered: Iterable[tuple[int, object]], notes: Iterable[Problem] = ()
) -> RawRows:
    """Raw rows out of numbered values; a Problem among them is a row that could not be parsed."""
    rows, broken = [], []
    for row, value in numbered:
        try:
            rows.append(RawRow(row, fields_of(value)))
        except RowError as error:
            broken.append(Problem(row, str(error)))
    return RawRows(source, rows, broken, [*notes, *_binary_columns(rows)])


def fields_of(value: object) -> dict[str, object]:
    """The fields of a value that is a row; a list of turns is a row with one column of them.

    Raises RowError with the reason where the value is no row.
    """
    if isinstance(value, Problem | Flaw):
        raise RowError(value.reason)
    style = style_of(value) if isinstance(value, list | tuple) else None
    if style:
        value = {COLUMN_OF_STYLE[style]: value}
    if not isinstance(value, Mapping):
        raise RowError(f"the row is {kind_of(value)}, not an object with named fields.")
    if not all(isinstance(name, str) for name in value):
        raise RowError("a column name is not text.")
    flaw = next(filter(None, map(_flaw_of_part, _parts_of(value))), None)
    if flaw:
        raise RowError(f"the row cannot be kept as text: {flaw}")
    return dict(value)


def _parts_of(fields: Mapping) -> Iterable[object]:
    """The names and cells of a row, and everything nested in it; texts alone as one."""
    cells = fields.values()
    if all(type(cell) is str for cell in cells):
        return ("".join([*fields, *cells]),)
    return walk(fields)


def _flaw_of_part(value: object) -> str | None:
    if isinstance(value, float) and math.isinf(value):
        return "it holds an infinite number."
    return own_flaw(value)


def _binary_columns(rows: list[RawRow]) -> list[Problem]:
    """A remark on the first row in which a column holds bytes, for which JSON has no type."""
    first: dict[str, int] = {}
    for raw in rows:
        for name, cell in raw.fields.items():
            if not isinstance(cell, SCALARS) and name not in first and _holds_bytes(cell):
                first[name] = raw.row
    return [
        Problem(
            row,
            f"{name!r} holds binary data: a run and every export but Parquet keep it as Python"
            " writes it.",
            ProblemKind.ALTERED,
        )
        for name, row in first.items()
    ]


def _holds_bytes(cell: object) -> bool:
    return any(isinstance(part, bytes | bytearray) for part in walk(cell))


def concatenated(source: str, parts: Iterator[RawRows]) -> RawRows:
    """Several files as one source: rows are numbered on, problems name the file and its own row."""
    rows: list[RawRow] = []
    broken: list[Problem] = []
    notes: list[Problem] = []
    offset = 0
    for part in parts:
        rows.extend(RawRow(offset + raw.row, raw.fields) for raw in part.rows)
        broken.extend(_renumbered(part, part.broken, offset))
        notes.extend(_renumbered(part, part.notes, offset))
        numbers = [raw.row for raw in part.rows] + [problem.row for problem in part.broken]
        offset += max(numbers, default=0)
    return RawRows(source, rows, broken, notes)


def _renumbered(part: RawRows, problems: list[Problem], offset: int) -> list[Problem]:
    return [
        Problem(
            offset + problem.row,
            f"{part.source}, row {problem.row}: {problem.reason}",
            problem.kind,
        )
        for problem in problems
    ]
