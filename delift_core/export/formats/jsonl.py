"""Format `.jsonl`: one object per line, every value as it was, down to the digits of a number."""

from collections.abc import Sequence

from delift_core.export.formats.format import Encoded, Format, encoded_text
from delift_core.export.rows import ExportRow, json_of


def encode_jsonl(rows: Sequence[ExportRow]) -> Encoded:
    """Each row as one line of JSON."""
    return encoded_text("".join([json_of(row, row.fields) + "\n" for row in rows]))


JSONL = Format(".jsonl", "JSONL", encode_jsonl)
