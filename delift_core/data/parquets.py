"""Parquet becomes rows: bounded before anything is unpacked, and a cell that cannot be read costs only its own row."""

from pathlib import Path

from delift_core.data.decoding import EXPANSION_LIMIT, RATIO_FLOOR, RATIO_LIMIT
from delift_core.data.foreign import refusing
from delift_core.data.text import Flaw
from delift_core.errors import UnreadableFile

FEWEST_CELLS = 5_000_000                # from which on there have to be enough bytes for them
CELLS_PER_BYTE = 100                    # equal cells take next to no bytes, but rows of text are not all equal


def parquet_rows(content: bytes, path: Path) -> list[dict]:
    """The rows of a Parquet file."""
    import pyarrow
    from pyarrow import parquet
    with refusing(lambda reason: f"{path}: the Parquet file is cut off or damaged. Write or download it again."):
        file = parquet.ParquetFile(pyarrow.BufferReader(content), page_checksum_verification=True)
        _check_size(file.metadata, len(content), path)
        names = file.schema_arrow.names
        _check_names(names, path)
        columns = {name: _cells(column) for name, column in zip(names, file.read().columns)}
        return [dict(zip(columns, cells)) for cells in zip(*columns.values())]


def _check_size(metadata, packed: int, path: Path) -> None:
    """Refuse what a few bytes would fill the memory with."""
    chunks = [metadata.row_group(group).column(column) for group in range(metadata.num_row_groups) for column in range(metadata.num_columns)]
    size, cells = sum(chunk.total_uncompressed_size for chunk in chunks), sum(chunk.num_values for chunk in chunks)
    if size > EXPANSION_LIMIT or (size > RATIO_FLOOR and size > RATIO_LIMIT * packed) or (cells > FEWEST_CELLS and cells > CELLS_PER_BYTE * packed):
        raise UnreadableFile(f"{path}: {packed:,} bytes of Parquet unpack to {cells:,} cells and {size:,} bytes, which is refused. "
                             f"Write the rows you need to a file of their own.")


def _check_names(names: list[str], path: Path) -> None:
    if len(set(names)) < len(names):
        raise UnreadableFile(f"{path}: two columns have the same name ({', '.join(names)}). Rename one of them.")


def _cells(column) -> list:
    """The values of a column; a Flaw for each that Python has no value for."""
    try:
        return column.to_pylist()
    except (ValueError, OverflowError, NotImplementedError, LookupError):
        return [_cell(scalar) for scalar in column]


def _cell(scalar) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, NotImplementedError, LookupError) as error:
        return Flaw(f"a value of type {scalar.type} cannot be read ({error}).")
