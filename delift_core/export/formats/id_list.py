"""Format `.txt`: ids alone, one per line."""

from collections.abc import Sequence

from delift_core.errors import UnfitExample
from delift_core.export.formats.format import Encoded, Format, encoded_text
from delift_core.export.rows import ExportRow, refuse_unencodable
from delift_core.export.shapes.ids import IDS


def encode_ids(rows: Sequence[ExportRow]) -> Encoded:
    """One id per line. Raises UnfitExample for an id of several lines."""
    refuse_unencodable(rows)
    ids = [str(row.fields["id"]) for row in rows]
    for row, id in zip(rows, ids, strict=True):
        if len(id.splitlines()) != 1:
            raise UnfitExample(
                f"{row.location}: this id does not fit on one line of a .txt file. Export the ids"
                " to .jsonl or .csv."
            )
    return encoded_text("".join([id + "\n" for id in ids]))


ID_LIST = Format(".txt", "Ids", encode_ids, only_shape=IDS.name)
