"""Raw rows: what a source holds before anybody asks what it means."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from delift_core.data.example import Problem, ProblemKind
from delift_core.data.text import SINGLE, Flaw, kind_of, own_flaw, walk


@dataclass(frozen=True, slots=True)
class RawRow:
    """One line or record as it was written, with its 1-based place in the source."""

    row: int
    fields: Mapping[str, object]


@dataclass(frozen=True)
class RawRows:
    """Rows that could be read, the broken ones, and what else a person should know about the
    source.
    """

    source: str
    rows: list[RawRow]
    broken: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    file_digest: str = ""  # sha256 of the file's bytes, where the source is a file

    @property
    def total(self) -> int:
        return len(self.rows) + len(self.broken)

    @property
    def columns(self) -> list[str]:
        """Every column name, in order of first appearance."""
        return list(dict.fromkeys(name for raw in self.rows for name in raw.fields))


def sort_rows(
    source: str, numbered: Iterable[tuple[int, object]], notes: Iterable[Problem] = ()
) -> RawRows:
    """Separate usable rows from broken ones; a `Problem` among the values is a row that could not
    even be parsed.
    """
    raw = RawRows(source, [], [], list(notes))
    for row, value in numbered:
        reason = value.reason if isinstance(value, Problem) else flaw_of_row(value)
        if reason:
            raw.broken.append(Problem(row, reason))
        else:
            raw.rows.append(RawRow(row, dict(value)))
    raw.notes.extend(_binary_columns(raw.rows))
    return raw


def _binary_columns(rows: list[RawRow]) -> list[Problem]:
    """A remark on the first row in which a column holds bytes, for which JSON has no word."""
    first: dict[str, int] = {}
    for raw in rows:
        for name, cell in raw.fields.items():
            if (
                not isinstance(cell, SINGLE)
                and name not in first
                and any(isinstance(part, bytes | bytearray) for part in walk(cell))
            ):
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


def flaw_of_row(value: object) -> str | None:
    """Why a value cannot be a row, None when it can."""
    if isinstance(value, Flaw):
        return value.reason
    if not isinstance(value, Mapping):
        return f"the row is {kind_of(value)}, not an object with named fields."
    if not all(isinstance(name, str) for name in value):
        return "a column name is not text."
    reason = next(filter(None, map(_flaw_of_part, walk(value))), None)
    return reason and f"the row cannot be kept as text: {reason}"


def _flaw_of_part(value: object) -> str | None:
    return (
        "it holds an infinite number."
        if isinstance(value, float) and math.isinf(value)
        else own_flaw(value)
    )


def joined(source: str, parts: Iterator[RawRows]) -> RawRows:
    """Several files as one source: rows are numbered on, and what is wrong names the file and its
    own row.
    """
    whole, offset = RawRows(source, []), 0
    for part in parts:
        whole.rows.extend(RawRow(offset + raw.row, raw.fields) for raw in part.rows)
        whole.broken.extend(_renumbered(part, part.broken, offset))
        whole.notes.extend(_renumbered(part, part.notes, offset))
        offset += max((item.row for item in [*part.rows, *part.broken]), default=0)
    return whole


def _renumbered(part: RawRows, problems: list[Problem], offset: int) -> list[Problem]:
    return [
        Problem(
            offset + problem.row,
            f"{part.source}, row {problem.row}: {problem.reason}",
            problem.kind,
        )
        for problem in problems
    ]
