"""Format `.csv`: text cells; nested values are JSON text and formulas are guarded."""

import csv
import io
from collections.abc import Sequence

from delift_core.data.text import is_single
from delift_core.export.cells import cell_text, is_formula, with_guard
from delift_core.export.formats.format import Encoded, Format, encoded_text
from delift_core.export.rows import ExportRow, column_names, refuse_unencodable


def encode_csv(rows: Sequence[ExportRow]) -> Encoded:
    """Every column of any row, every cell quoted, lines ending in a line feed."""
    refuse_unencodable(rows)
    names = column_names(rows)
    stream = io.StringIO(newline="")
    table = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\n")
    table.writerow([with_guard(name) for name in names])
    table.writerows([_cell(row, name) for name in names] for row in rows)
    return encoded_text(
        stream.getvalue(),
        guarded=_count_formulas(names, rows),
        as_json=tuple(name for name in names if _is_nested(name, rows)),
    )


def _cell(row: ExportRow, name: str) -> str:
    """One cell; a text that a spreadsheet would run has an apostrophe before it."""
    text = cell_text(row, name) or ""
    if is_formula(row.fields.get(name)):
        return f"'{text}"
    return text


def _count_formulas(names: Sequence[str], rows: Sequence[ExportRow]) -> int:
    """How many headings and cells are guarded."""
    values = [value for row in rows for value in row.fields.values()]
    return sum(map(is_formula, [*names, *values]))


def _is_nested(name: str, rows: Sequence[ExportRow]) -> bool:
    """Whether a column holds lists or objects, which become JSON text."""
    return not all(is_single(row.fields.get(name)) for row in rows)


CSV = Format(".csv", "CSV", encode_csv)
