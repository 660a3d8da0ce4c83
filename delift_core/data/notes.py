"""Notes on rows that are used and read differently: one for each kind, with its count and rows."""

from collections.abc import Iterable
from dataclasses import dataclass

from delift_core.data.example import Problem, ProblemKind

ROWS_LISTED = 5  # of the rows of one kind


@dataclass(frozen=True, slots=True)
class Note:
    """What had to be read differently in a row."""

    kind: str  # a sentence on any number of rows: "the reasoning of a turn is left out."
    sentence: str = ""  # on this row alone, where it says more: "the reasoning of turn 2 ..."

    @property
    def on_one_row(self) -> str:
        """The sentence where no other row has a note of this kind."""
        return self.sentence or self.kind


def summed_notes(notes: Iterable[tuple[int, Note]]) -> list[Problem]:
    """One problem a kind of note, at the first of its rows.

    notes: (row, note) in the order of rows.
    """
    by_kind: dict[str, dict[int, list[Note]]] = {}  # kind -> row -> its notes
    for row, note in notes:
        by_kind.setdefault(note.kind, {}).setdefault(row, []).append(note)
    problems: list[Problem] = []
    for kind, by_row in by_kind.items():
        first = next(iter(by_row))
        if len(by_row) == 1:
            sentences = dict.fromkeys(note.on_one_row for note in by_row[first])
            problems.extend(Problem(first, text, ProblemKind.ALTERED) for text in sentences)
        else:
            reason = _with_rows(kind, list(by_row))
            problems.append(Problem(first, reason, ProblemKind.ALTERED, len(by_row)))
    return problems


def _with_rows(kind: str, rows: list[int]) -> str:
    """The reasoning of a turn is left out (7 rows: 1, 2, 5, 6, 8, ...)."""
    return f"{kind.removesuffix('.')} ({len(rows):,} rows: {first_of(rows)})."


def listed_rows(rows: list[int]) -> str:
    """Row 3; or rows 1, 2, 5, 6, 8, ... (7 in all)."""
    if len(rows) == 1:
        return f"row {rows[0]}"
    return f"rows {first_of(rows)} ({len(rows):,} in all)"


def first_of(rows: list[int]) -> str:
    """The first few of some rows: 1, 2, 5, 6, 8, ..."""
    listed = ", ".join(map(str, rows[:ROWS_LISTED]))
    if len(rows) > ROWS_LISTED:
        return f"{listed}, ..."
    return listed
