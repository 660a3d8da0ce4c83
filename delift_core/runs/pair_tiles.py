"""The tiles of a kernel of which lists of pairs are scored: a Parquet file a block of columns.

A row is a scored pair: positions of the answered and the shown example, utility, information, and
whether it was truncated. Pairs stand column by column, as in the lists that they were scored from.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.scoring.plan import Tile
from delift_core.scoring.sparse_kernel import shown_of


def write_pair_tile(path: Path, tile: Tile, pairs: Any, planes: np.ndarray) -> None:
    """Store a finished tile. pairs: CSC of its columns; planes: (3, pairs). Raises UnwritableFile.

    Planes are utility, information, and 1 where the pair was truncated.
    """
    columns = {
        "answered": pairs.indices,
        "shown": shown_of(pairs) + np.int32(tile.columns.start),
        "utility": planes[0],
        "information": planes[1],
        "truncated": planes[2] == 1,
    }
    write_table(pa.table(columns), path)


def read_pair_tile(path: Path, tile: Tile, pairs: Any) -> np.ndarray:
    """(3, pairs) float32 of one tile, NaN where it is not stored. pairs: CSC of its columns.

    Raises DamagedRun where the file is broken or holds other pairs.
    """
    if not path.exists():
        return np.full((3, pairs.nnz), np.nan, np.float32)
    with refusing_damage(path):
        table = read_table(path)
        columns = {name: table[name].to_numpy() for name in table.column_names}
        if not (
            np.array_equal(columns["answered"], pairs.indices)
            and np.array_equal(columns["shown"], shown_of(pairs) + tile.columns.start)
        ):
            raise ValueError("it holds other pairs than the plan scores")
        planes = [columns[name] for name in ("utility", "information", "truncated")]
        return np.stack(planes).astype(np.float32)  # (3, pairs)
