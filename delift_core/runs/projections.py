"""The maps of a run's pool, kept in its folder: worked out once, opened without UMAP from then on.

projections/embedding-0.parquet     columns x, y in the order of the pool; NaN where an example has
no place
"""

import json
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.runs.run import Run
from delift_core.runs.tables import read_table, sound, write_table
from delift_core.scoring.kernel import choice_named


class Projection(StrEnum):
    """What makes two examples neighbours on the map."""

    EMBEDDING = "embedding"  # what they say
    UTILITY = "utility"  # whom they help, and who helps them


def read_projection(run: Run, of: str = Projection.EMBEDDING, seed: int = 0) -> np.ndarray | None:
    """(n, 2) float32 places of the pool, None where that map has not been made."""
    path = projection_path(run, of, seed)
    if not path.exists():
        return None
    with sound(path, advice := "Delete this file, and draw the map again."):
        table = read_table(path, advice)
        places = np.column_stack([table["x"].to_numpy(), table["y"].to_numpy()])  # (n, 2)
        if len(places) != len(run.pool):
            raise ValueError(f"it has {len(places)} places for {len(run.pool)} examples")
    return places


def write_projection(run: Run, of: str, seed: int, places: np.ndarray) -> Path:
    """Keep a map. places: (n, 2) of the pool."""
    path = projection_path(run, of, seed)
    record = {"of": of, "seed": seed, "umap": version("umap-learn")}
    columns = {"x": places[:, 0], "y": places[:, 1]}
    write_table(pa.table(columns).replace_schema_metadata({"projection": json.dumps(record)}), path)
    return path


def projection_path(run: Run, of: str, seed: int) -> Path:
    """Where a map is kept."""
    return run.folder / "projections" / f"{choice_named(Projection, of)}-{int(seed)}.parquet"
