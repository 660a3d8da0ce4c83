"""Format without a suffix: the folder that `datasets.load_from_disk` opens."""

from collections.abc import Sequence
from pathlib import Path

from delift_core.export.formats.format import Encoded, Format
from delift_core.export.rows import ExportRow


def encode_folder(rows: Sequence[ExportRow]) -> Encoded:
    """One typed column per field; columns that Arrow cannot give back become JSON text."""
    from delift_core.export.typed_table import typed_table

    table, as_json = typed_table(rows)

    def save(partial: Path) -> None:
        import datasets

        from delift_core.data.hub import quiet

        with quiet(datasets):
            datasets.Dataset(table).save_to_disk(str(partial))

    return Encoded(save, as_json=as_json)


DATASETS_FOLDER = Format("", "Folder", encode_folder, is_folder=True)
