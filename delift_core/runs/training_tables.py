"""What a trainer reads of a run's pool, in a folder of the run for each model.

jobs/training-DIGEST/rows.parquet   one row an example, in the order of the pool: tokens, pieces,
                                    first_label, end_of_turn; all null where the template refuses it
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.scoring.training_rows import TrainingRow

READ_AGAIN = "Delete this file, and have the rows read again on the Export page."
SCHEMA = pa.schema(
    {
        "tokens": pa.list_(pa.int32()),
        "pieces": pa.list_(pa.string()),
        "first_label": pa.int32(),
        "end_of_turn": pa.int32(),
    }
)


def write_training_rows(rows: Iterable[TrainingRow | None], folder: Path) -> Path:
    """Store the rows of a pool, None for one that the template refuses; their file."""
    columns = [{name: getattr(row, name, None) for name in SCHEMA.names} for row in rows]
    path = folder / "rows.parquet"
    write_table(pa.Table.from_pylist(columns, SCHEMA), path)
    return path


def read_training_rows(path: Path) -> pa.Table:
    """The rows of a pool as they are stored. Raises DamagedRun."""
    with refusing_damage(path, READ_AGAIN):
        return read_table(path, READ_AGAIN).cast(SCHEMA)


def training_rows_at(
    table: pa.Table, indices: Iterable[int], longest: int
) -> Iterator[TrainingRow | None]:
    """Some rows of a pool, none longer than so many tokens once it is cut."""
    for fields in table.take(list(indices)).to_pylist():
        if fields["tokens"] is None:
            yield None
            continue
        yield TrainingRow(
            tuple(fields["tokens"]),
            tuple(fields["pieces"]),
            fields["first_label"],
            fields["end_of_turn"],
            longest,
        )
