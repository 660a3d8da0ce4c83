"""A row becomes turns and a response: layouts are recognised by looking at the values of all rows,
then every row is read by its own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from delift_core.data.example import Problem, ProblemKind
from delift_core.data.layouts import KNOWN, LAYOUTS, Layout, Reading, describe, fold, listed, mapped
from delift_core.data.rows import RawRow, RawRows
from delift_core.data.text import RowError
from delift_core.errors import MissingColumn, UnknownChoice, UnknownFormat

# share of rows that makes a second layout part of the file rather than an accident
CONSIDERABLE = 0.05
MAPPABLE = ("prompt", "response", "system", "id")
NAME_THEM = (
    'Name them with columns={"prompt": ..., "response": ...}, or on the command line --columns'
    " prompt=...,response=..."
)


@dataclass(frozen=True)
class Parsed:
    """What the rows say: readings with their row, rows that do not fit, and the layout in words."""

    readings: list[tuple[int, Reading]]
    problems: list[Problem]
    format: str


def parse(raw: RawRows, columns: Mapping | None, format: str | None) -> Parsed:
    """Every row by its own layout; an explicit mapping or a named format wins over recognition."""
    if not isinstance(columns or {}, Mapping):
        raise UnknownChoice(
            'columns= takes a mapping such as {"prompt": "question", "response": "answer"}.'
        )
    columns = checked_mapping(columns or {}, raw)
    if "prompt" in columns:
        layouts = [mapped(columns)]
    else:
        layouts = [_named(format)] if format else list(LAYOUTS)
    fitting = [
        next((layout for layout in layouts if layout.fits(row.fields)), None) for row in raw.rows
    ]
    spoken = common_layouts(fitting, raw.total)
    if raw.rows and not spoken:
        raise _unknown(raw, format)
    parsed = _read_all(raw, fitting, spoken)
    return (
        parsed
        if "prompt" in columns
        else replace(parsed, problems=[*colliding_columns(raw.rows), *parsed.problems])
    )


def colliding_columns(rows: Iterable[RawRow]) -> list[Problem]:
    """A remark on the first row with two columns of the same meaning, such as prompt and Prompt:
    only one of them is read.
    """
    firsts: dict[tuple[str, ...], int] = {}
    for row in rows:
        firsts.setdefault(tuple(row.fields), row.row)
    found: dict[tuple[str, ...], int] = {}
    for names, row in firsts.items():
        for folded in (
            {fold(name) for name in names} & KNOWN
            if len(names) > len({fold(name) for name in names})
            else ()
        ):
            same = tuple(name for name in names if fold(name) == folded)
            if len(same) > 1:
                found.setdefault(same, row)
    return [
        Problem(
            row,
            f"the columns {' and '.join(map(repr, same))} differ only in case, spaces, hyphens or"
            f" underscores; only {same[0]!r} is read.",
            ProblemKind.ALTERED,
        )
        for same, row in found.items()
    ]


def checked_mapping(columns: Mapping, raw: RawRows) -> dict[str, list[str]]:
    """A column mapping with every value a list of names that are in the data, prompt and response
    both or neither.
    """
    wrong = [key for key in columns if key not in MAPPABLE]
    if wrong:
        raise UnknownChoice(
            f"columns= does not know {', '.join(map(repr, wrong))}. It maps {', '.join(MAPPABLE)}."
        )
    names = {
        key: [name] if isinstance(name, str) or not isinstance(name, Iterable) else list(name)
        for key, name in columns.items()
        if name
    }
    absent = [name for value in names.values() for name in value if name not in raw.columns]
    if absent and raw.rows:
        raise MissingColumn(
            f"{raw.source}: there is no column {', '.join(map(repr, absent))}. Columns are"
            f" {listed(raw.columns)}."
        )
    lacking = next((key for key in ("prompt", "response") if key not in names), None)
    if lacking and set(names) - {"id"}:
        raise MissingColumn(
            f"{raw.source}: the mapping names no {lacking} column. Columns are"
            f" {listed(raw.columns)}. Add {lacking}=..."
        )
    return names


def _named(name: str) -> Layout:
    found = [layout for layout in LAYOUTS if layout.name.casefold() == name.casefold()]
    if not found:
        raise UnknownChoice(
            f"There is no format {name!r}. Choose one of"
            f" {', '.join(layout.name for layout in LAYOUTS)}."
        )
    return found[0]


def common_layouts(fitting: Iterable[Layout | None], total: int) -> dict[Layout, int]:
    """The layout of most rows, and every other that explains a considerable share of them."""
    counts = Counter(layout for layout in fitting if layout).most_common()
    return {
        layout: count
        for place, (layout, count) in enumerate(counts)
        if place == 0 or count >= CONSIDERABLE * total
    }


def _read_all(raw: RawRows, fitting: list[Layout | None], spoken: dict[Layout, int]) -> Parsed:
    readings, problems, counts = [], [], Counter()
    for row, layout in zip(raw.rows, fitting):
        try:
            found = _read_one(row, layout, spoken)
        except RowError as error:
            problems.append(Problem(row.row, str(error)))
            continue
        counts[layout] += 1
        readings.extend((row.row, reading) for reading in found)
    words = [f"{layout.name}, {counts[layout]} of {raw.total} rows" for layout in spoken]
    return Parsed(readings, problems, "; ".join(words))


def _read_one(row: RawRow, layout: Layout | None, spoken: dict[Layout, int]) -> list[Reading]:
    usual = next(iter(spoken))
    if layout is None:
        raise RowError(
            f"the row does not read as {usual.name}, which needs {usual.needs}; it has"
            f" {describe(row.fields)}."
        )
    if layout not in spoken:
        raise RowError(
            f"the row reads as {layout.name}, unlike the others, which are {usual.name}; it has"
            f" {describe(row.fields)}."
        )
    return layout.read(row.fields)


def _unknown(raw: RawRows, format: str | None) -> UnknownFormat:
    what = f"no row reads as {format}" if format else "no known layout explains the rows"
    first = {name: value for row in reversed(raw.rows) for name, value in row.fields.items()}
    columns = describe({name: first[name] for name in raw.columns})
    return UnknownFormat(f"{raw.source}: {what}. Columns are {columns}. {NAME_THEM}")


def known_names(columns: Mapping | None) -> Callable[[str], bool]:
    """Tells cells that are certainly column names: those a layout looks for, and those the mapping
    gives.
    """
    values = columns.values() if isinstance(columns, Mapping) else ()
    given = {
        name
        for value in values
        if value
        for name in (
            [value] if isinstance(value, str) or not isinstance(value, Iterable) else value
        )
    }
    return lambda cell: fold(cell) in KNOWN or cell.strip() in given
