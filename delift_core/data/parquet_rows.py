"""Parquet becomes rows within a bound; a cell that cannot be read costs only its own row."""

from collections.abc import Iterator
from pathlib import Path

from delift_core.data.decoding import check_expansion
from delift_core.data.flaws import Flaw
from delift_core.data.library_errors import refusing
from delift_core.errors import UnreadableFile

BATCH = 1000  # rows unpacked at a time
CELL = 64  # bytes that Python needs for a cell at least: equal ones take next to none in the file


def parquet_rows(content: bytes, path: Path) -> list[dict]:
    """The rows of a Parquet file.

    Its own tables of sizes are never used: a damaged one ends the process in pyarrow, and a false
    one is believed.
    """
    import pyarrow
    from pyarrow import parquet

    with refusing(
        lambda reason: (
            f"{path}: the Parquet file is cut off or damaged. Write or download it again."
        )
    ):
        file = parquet.ParquetFile(pyarrow.BufferReader(content), page_checksum_verification=True)
        names = file.schema_arrow.names
        refuse_repeated_names(names, str(path))
        return list(_rows(file, names, len(content), path)) if names else []


def refuse_repeated_names(names: list[str], source: str) -> None:
    """Raise UnreadableFile where two columns have the same name."""
    if len(set(names)) < len(names):
        raise UnreadableFile(
            f"{source}: two columns have the same name ({', '.join(names)}). Rename one of them."
        )


def _rows(file, names: list[str], packed: int, path: Path) -> Iterator[dict]:
    size = 0
    for batch in file.iter_batches(BATCH):
        size += batch.nbytes + CELL * batch.num_rows * batch.num_columns
        check_expansion(size, packed, path, "Parquet")
        for cells in zip(*map(_column_values, batch.columns)):
            yield dict(zip(names, cells))


def _column_values(column) -> list:
    """The values of a column; a Flaw for each that Python has no value for."""
    try:
        return column.to_pylist()
    except (ValueError, OverflowError, NotImplementedError, LookupError):
        return [_scalar_value(scalar) for scalar in column]


def _scalar_value(scalar) -> object:
    try:
        return scalar.as_py()
    except (ValueError, OverflowError, NotImplementedError, LookupError) as error:
        return Flaw(f"a value of type {scalar.type} cannot be read ({error}).")
