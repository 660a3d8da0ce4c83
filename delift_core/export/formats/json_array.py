"""Format `.json`: one array, every value as it was, down to the digits of a number."""

from collections.abc import Sequence

from delift_core.export.formats.format import Encoded, Format, encoded_text
from delift_core.export.rows import ExportRow, json_of


def encode_json(rows: Sequence[ExportRow]) -> Encoded:
    """One array, an object per line."""
    objects = ",\n".join([json_of(row, row.fields) for row in rows])
    return encoded_text(f"[\n{objects}\n]\n")


JSON = Format(".json", "JSON", encode_json)
