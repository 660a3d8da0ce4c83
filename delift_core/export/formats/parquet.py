"""Format `.parquet`: typed columns compressed with Zstandard."""

from collections.abc import Sequence
from pathlib import Path

from delift_core.export.formats.format import Encoded, Format
from delift_core.export.rows import ExportRow


def encode_parquet(rows: Sequence[ExportRow]) -> Encoded:
    """One typed column per field; columns that Arrow cannot give back become JSON text."""
    from pyarrow import parquet

    from delift_core.export.typed_table import typed_table

    table, as_json = typed_table(rows)

    def save(partial: Path) -> None:
        parquet.write_table(table, partial, compression="zstd", write_page_checksum=True)

    return Encoded(save, as_json=as_json)


PARQUET = Format(".parquet", "Parquet", encode_parquet)
