"""Raw rows become readings, each by the layout that it is recognised to have.

A layout counts only if it is a common one among all rows of the source.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from delift_core.data.example import Problem, ProblemKind
from delift_core.data.flaws import RowError
from delift_core.data.row_layouts.columns import (
    KNOWN_COLUMNS,
    described_columns,
    folded_name,
    listed_names,
)
from delift_core.data.row_layouts.layout import Layout, Reading
from delift_core.data.row_layouts.mapped import mapped_layout
from delift_core.data.row_layouts.messages import is_plain_text
from delift_core.data.row_layouts.python_repr import python_repr_sentence
from delift_core.data.row_layouts.register import LAYOUTS, layout_named
from delift_core.data.row_layouts.unread import notes_on_columns
from delift_core.data.rows import RawRow, RawRows
from delift_core.errors import MissingColumn, UnknownChoice, UnknownFormat

# share of rows that makes a second layout part of the file rather than an accident
CONSIDERABLE = 0.05
MAPPABLE = ("prompt", "response", "system", "id")
NAME_THEM = (
    'Name them with columns={"prompt": ..., "response": ...}, or on the command line --columns'
    " prompt=...,response=..."
)


@dataclass(frozen=True)
class ParsedRows:
    """The readings of rows, the rows that have none, and the layouts in a sentence."""

    readings: list[tuple[int, Reading]]  # (row, reading)
    problems: list[Problem]
    format: str  # "Alpaca, 998 of 999 rows; ShareGPT, 1 of 999 rows"


def parse_rows(raw: RawRows, columns: Mapping | None, format: str | None) -> ParsedRows:
    """Every row by its own layout; an explicit mapping or a named format wins over recognition.

    Raises UnknownFormat where no layout explains the rows, UnknownChoice and MissingColumn for
    options that do not fit the rows.
    """
    mapping = checked_mapping(columns, raw)
    is_mapped = "prompt" in mapping
    fitting = _fitting_layouts(raw, _layouts_tried(mapping, format))
    common = common_layouts(fitting, raw.total)
    if raw.rows and not common:
        raise _unknown_format(raw, format)
    problems = [] if is_mapped else colliding_columns(raw.rows)
    mapped = {name for names in mapping.values() for name in names}
    return _read_all(raw, fitting, common, problems, mapped)


def _layouts_tried(mapping: dict[str, list[str]], format: str | None) -> Iterable[Layout]:
    if "prompt" in mapping:
        return [mapped_layout(mapping)]
    if format:
        return [layout_named(format)]
    return LAYOUTS


def _fitting_layouts(raw: RawRows, layouts: Iterable[Layout]) -> list[Layout | None]:
    """For every row the first layout that it fits; where all is text, its names decide."""
    of_names: dict[tuple[str, ...], Layout | None] = {}  # of rows of text
    fitting = []
    for row in raw.rows:
        names = tuple(row.fields)
        is_text = all(map(is_plain_text, row.fields.values()))
        if not is_text or names not in of_names:
            layout = next((layout for layout in layouts if layout.fits(row.fields)), None)
        else:
            layout = of_names[names]
        if is_text:
            of_names[names] = layout
        fitting.append(layout)
    return fitting


def common_layouts(fitting: Iterable[Layout | None], total: int) -> dict[Layout, int]:
    """The layout of most rows, and every other that explains a considerable share of them.

    Returns layout -> number of its rows, the most frequent one first.
    """
    counts = Counter(layout for layout in fitting if layout).most_common()
    others = [(layout, count) for layout, count in counts[1:] if count >= CONSIDERABLE * total]
    return dict(counts[:1] + others)


def _read_all(
    raw: RawRows,
    fitting: list[Layout | None],
    common: dict[Layout, int],
    problems: list[Problem],
    mapped: Collection[str],
) -> ParsedRows:
    """mapped: columns that a person named, which are read whatever their name."""
    readings: list[tuple[int, Reading]] = []
    counts: Counter[Layout] = Counter()
    for row, layout in zip(raw.rows, fitting):
        try:
            used = _common_layout(row, layout, common)
            readings.extend((row.row, reading) for reading in _readings_of(row, used, mapped))
        except RowError as error:
            problems.append(Problem(row.row, str(error)))
            continue
        counts[used] += 1
    phrases = [f"{layout.name}, {counts[layout]} of {raw.total} rows" for layout in common]
    return ParsedRows(readings, problems, "; ".join(phrases))


def _readings_of(row: RawRow, layout: Layout, mapped: Collection[str]) -> list[Reading]:
    """The examples of a row, with a note on every column that a model could have been given."""
    readings = layout.read(row.fields)
    notes = tuple(notes_on_columns(row.fields, mapped))
    if not notes:
        return readings
    return [replace(reading, notes=(*reading.notes, *notes)) for reading in readings]


def _common_layout(row: RawRow, layout: Layout | None, common: dict[Layout, int]) -> Layout:
    """The layout of a row, if it is a common one; raises RowError otherwise."""
    if layout is not None and layout in common:
        return layout
    usual = next(iter(common))
    columns = described_columns(row.fields)
    cause = python_repr_sentence(row.fields)
    if layout is None and cause:
        raise RowError(f"{cause[0].lower()}{cause[1:]}")
    if layout is None:
        raise RowError(
            f"the row does not read as {usual.name}, which needs {usual.needs}; it has {columns}."
        )
    raise RowError(
        f"the row reads as {layout.name}, unlike the others, which are {usual.name}; it has"
        f" {columns}."
    )


def _unknown_format(raw: RawRows, format: str | None) -> UnknownFormat:
    reason = "no known layout explains the rows"
    if format:
        reason = f"no row reads as {format}"
    first_values: dict[str, object] = {}
    for row in reversed(raw.rows):
        first_values.update(row.fields)
    columns = described_columns({name: first_values[name] for name in raw.columns})
    advice = python_repr_sentence(first_values) or NAME_THEM
    return UnknownFormat(f"{raw.source}: {reason}. Columns are {columns}. {advice}")


def colliding_columns(rows: Iterable[RawRow]) -> list[Problem]:
    """A remark on the first row with two columns of one meaning, such as prompt and Prompt.

    Only the first of the two is read.
    """
    first_rows: dict[tuple[str, ...], int] = {}  # columns of a row -> first row that has them
    for raw in rows:
        first_rows.setdefault(tuple(raw.fields), raw.row)
    collisions: dict[tuple[str, ...], int] = {}  # names of one meaning -> first row
    for names, row in first_rows.items():
        for same in _names_of_one_meaning(names):
            collisions.setdefault(same, row)
    return [
        Problem(
            row,
            f"the columns {' and '.join(map(repr, same))} differ only in case, spaces, hyphens or"
            f" underscores; only {same[0]!r} is read.",
            ProblemKind.ALTERED,
        )
        for same, row in collisions.items()
    ]


def _names_of_one_meaning(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every group of column names that fold to one known name."""
    folded = [folded_name(name) for name in names]
    if len(set(folded)) == len(names):
        return
    for known in dict.fromkeys(folded):
        same = tuple(name for name, own in zip(names, folded) if own == known)
        if known in KNOWN_COLUMNS and len(same) > 1:
            yield same


def checked_mapping(columns: Mapping | None, raw: RawRows) -> dict[str, list[str]]:
    """A column mapping with every value a list of names that are in the data.

    Raises UnknownChoice for what is no mapping or maps another role, MissingColumn for names that
    no row has and where prompt or response is missing.
    """
    columns = columns or {}
    if not isinstance(columns, Mapping):
        raise UnknownChoice(
            'columns= takes a mapping such as {"prompt": "question", "response": "answer"}.'
        )
    unknown = [role for role in columns if role not in MAPPABLE]
    if unknown:
        raise UnknownChoice(
            f"columns= does not know {', '.join(map(repr, unknown))}."
            f" It maps {', '.join(MAPPABLE)}."
        )
    names = {role: _names_of(value) for role, value in columns.items() if value}
    if not names:
        return names
    present = raw.columns
    absent = [name for value in names.values() for name in value if name not in present]
    if absent and raw.rows:
        raise MissingColumn(
            f"{raw.source}: there is no column {', '.join(map(repr, absent))}. Columns are"
            f" {listed_names(present)}."
        )
    lacking = next((role for role in ("prompt", "response") if role not in names), None)
    if lacking and set(names) - {"id"}:
        raise MissingColumn(
            f"{raw.source}: the mapping names no {lacking} column. Columns are"
            f" {listed_names(present)}. Add {lacking}=..."
        )
    return names


def _names_of(value: Any) -> list[str]:
    """The column names that one value of a mapping gives: a name, or several."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def known_names(columns: Mapping | None) -> Callable[[str], bool]:
    """A test for cells that are surely column names.

    Such are the names that a layout looks for, and those that the mapping gives.
    """
    mapped_names: set[str] = set()
    if isinstance(columns, Mapping):
        for value in columns.values():
            if value:
                mapped_names.update(_names_of(value))
    return lambda cell: folded_name(cell) in KNOWN_COLUMNS or cell.strip() in mapped_names
