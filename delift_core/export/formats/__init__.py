"""The register of export formats, by suffix: a new one is a file and a line.

The same rows always become the same bytes; a `datasets` folder holds the same rows.
"""

from collections.abc import Iterable

from delift_core.export.formats.csv_table import CSV
from delift_core.export.formats.datasets_folder import DATASETS_FOLDER
from delift_core.export.formats.format import Format
from delift_core.export.formats.id_list import ID_LIST
from delift_core.export.formats.json_array import JSON
from delift_core.export.formats.jsonl import JSONL
from delift_core.export.formats.parquet import PARQUET

FORMATS = {
    format.suffix: format
    for format in (
        JSONL,
        JSON,
        CSV,
        PARQUET,
        ID_LIST,
        DATASETS_FOLDER,
    )
}
FILES = [format for format in FORMATS.values() if not format.is_folder]
FILE_SUFFIXES = [format.suffix for format in FILES]


def formats_for(shape: str) -> list[Format]:
    """The files that a shape is offered in: those made for it, otherwise those that hold any."""
    own = [format for format in FILES if format.only_shape == shape]
    return own or [format for format in FILES if format.only_shape is None]


def either(suffixes: Iterable[str]) -> str:
    """.jsonl, .json or .csv"""
    *first, last = suffixes
    return f"{', '.join(first)} or {last}"
