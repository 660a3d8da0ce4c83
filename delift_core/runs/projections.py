"""The maps of a run's pool in its folder, which open without UMAP.

projections/embedding-0.parquet     columns x, y in the order of the pool; NaN where an example
                                    has no position
"""

import json
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.runs.run import Run
from delift_core.runs.tables import read_table, refusing_damage, write_table
from delift_core.scoring.kernel import choice_named

DRAW_AGAIN = "Delete this file, and draw the map again."


class Projection(StrEnum):
    """What makes two examples neighbours on the map."""

    EMBEDDING = "embedding"  # what they say
    UTILITY = "utility"  # whom they help, and who helps them


def read_projection(run: Run, of: str = Projection.EMBEDDING, seed: int = 0) -> np.ndarray | None:
    """(n, 2) float32 positions of the pool, None where that map was not made. Raises DamagedRun."""
    path = projection_path(run, of, seed)
    if not path.exists():
        return None
    with refusing_damage(path, DRAW_AGAIN):
        table = read_table(path, DRAW_AGAIN)
        positions = np.column_stack([table["x"].to_numpy(), table["y"].to_numpy()])  # (n, 2)
        if len(positions) != len(run.pool):
            raise ValueError(f"it has {len(positions)} places for {len(run.pool)} examples")
    return positions


def write_projection(run: Run, of: str, seed: int, positions: np.ndarray) -> Path:
    """Store a map. positions: (n, 2) of the pool."""
    path = projection_path(run, of, seed)
    record = {"of": of, "seed": seed, "umap": version("umap-learn")}
    columns = {"x": positions[:, 0], "y": positions[:, 1]}
    write_table(pa.table(columns).replace_schema_metadata({"projection": json.dumps(record)}), path)
    return path


def projection_path(run: Run, of: str, seed: int) -> Path:
    """The file of a map."""
    return run.folder / "projections" / f"{choice_named(Projection, of)}-{int(seed)}.parquet"
