"""Rows become an Arrow table with one typed column per field.

A column that Arrow does not give back as it was (a whole number among fractions, objects with
different fields) becomes JSON text and is named.
"""

import json
from collections.abc import Sequence

import pyarrow as pa

from delift_core.export.cells import cell_text
from delift_core.export.rows import ExportRow, column_names, refuse_unencodable


def typed_table(rows: Sequence[ExportRow]) -> tuple[pa.Table, tuple[str, ...]]:
    """Rows as typed columns, and the names of the columns that are JSON text."""
    refuse_unencodable(rows)
    columns, as_json = {}, []
    for name in column_names(rows):
        column = _typed([row.fields.get(name) for row in rows])
        if column is None:
            column = pa.array([cell_text(row, name) for row in rows], pa.string())
            as_json.append(name)
        columns[name] = column
    return pa.table(columns), tuple(as_json)


def _typed(values: list) -> pa.Array | None:
    """Values as an Arrow array that gives back equal ones, None where there is no such array.

    Parquet cannot write objects without fields.
    """
    try:
        array = pa.array(values)
    except (pa.ArrowException, OverflowError):
        return None
    if "struct<>" in str(array.type):
        return None
    if _canonical(array.to_pylist()) != _canonical(values):
        return None
    return array


def _canonical(values: list) -> str:
    """A text that differs for 1 and 1.0, and for an absent field and one without a value.

    The order of fields makes no difference.
    """
    return json.dumps(values, sort_keys=True, default=str)
