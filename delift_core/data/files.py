"""A file or a data frame becomes raw rows; the content of a file decides of which kind it is."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.data.conversation_rows import conversation_rows
from delift_core.data.decoding import file_bytes, text_of
from delift_core.data.json_values import numbered_values
from delift_core.data.parquet_rows import parquet_rows, refuse_repeated_names
from delift_core.data.rows import RawRows, raw_rows
from delift_core.data.tables import is_headed, read_table
from delift_core.data.text import plain
from delift_core.data.wrapped_rows import unwrapped
from delift_core.errors import UnknownFormat

if TYPE_CHECKING:
    from pandas import DataFrame

PARQUET = b"PAR1"


def read_file(
    path: Path,
    is_known: Callable[[str], bool],
    is_row: Callable[[Mapping], bool],
    split: str | None = None,
) -> RawRows:
    """Rows of one file: Parquet, JSON, JSONL or a delimited table, plain or in gzip.

    is_known: whether a cell is surely a column name.
    is_row: whether an object is a row itself, and not one that wraps rows.
    """
    content = file_bytes(path)
    if content.startswith(PARQUET):
        return raw_rows(str(path), enumerate(parquet_rows(content, path), 1))
    text = text_of(content, path)
    values = None
    if not is_headed(text, is_known):
        values = conversation_rows(text) or numbered_values(text)
    if values is not None:
        return raw_rows(str(path), unwrapped(list(values), path, is_row, split))
    table = read_table(text, is_known)
    if table is None:
        raise UnknownFormat(
            f"{path}: neither JSON nor JSONL, nor a table whose rows have at least two cells. "
            "Save it as JSONL, JSON, CSV, TSV or Parquet."
        )
    return raw_rows(str(path), table.numbered(), table.notes)


def read_frame(frame: "DataFrame") -> RawRows:
    """A pandas DataFrame as raw rows, numbered from 1 whatever its index."""
    names = [str(column) for column in frame.columns]
    refuse_repeated_names(names, "DataFrame")
    columns = [frame.iloc[:, position].tolist() for position in range(len(names))]
    rows = (dict(zip(names, map(plain, cells))) for cells in zip(*columns))
    return raw_rows("DataFrame", enumerate(rows, 1))
