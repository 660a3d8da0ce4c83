"""The maps of a run's pool, kept in its folder: worked out once, opened without UMAP from then on.

    projections/embedding-0.parquet     columns x, y in the order of the pool; NaN where an example has no place
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pyarrow as pa

from delift_core.errors import NotScored, UnwritableFile
from delift_core.inspection.projection import project, utility_profiles
from delift_core.runs.store import Run
from delift_core.runs.tables import read_table, sound, write_table
from delift_core.scoring.kernel import chosen


class Projection(StrEnum):
    """What makes two examples neighbours on the map."""

    EMBEDDING = "embedding"          # what they say
    UTILITY = "utility"              # whom they help, and who helps them


def project_run(run: Run, of: str = Projection.EMBEDDING, seed: int = 0) -> Path:
    """The file of a run's map, made now if it is not there. Raises NotScored without the vectors, UnwritableFile without the right to write."""
    path = projection_path(run, of, seed)
    if not path.exists():
        require_writable(path.parent)
        places = project(VECTORS[chosen(Projection, of)](run), seed=seed)         # (n, 2)
        record = {"of": of, "seed": seed, "umap": version("umap-learn")}
        columns = {"x": places[:, 0], "y": places[:, 1]}
        write_table(pa.table(columns).replace_schema_metadata({"projection": json.dumps(record)}), path)
    return path


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


def places_of(run: Run, of: str = Projection.EMBEDDING) -> np.ndarray:
    """(n, 2) places of the pool, worked out now if they never were, and kept where the run can be written."""
    try:
        project_run(run, of)
    except UnwritableFile:
        return project(VECTORS[chosen(Projection, of)](run))
    return read_projection(run, of)


def projection_path(run: Run, of: str, seed: int) -> Path:
    """Where a map is kept."""
    return run.folder / "projections" / f"{chosen(Projection, of)}-{int(seed)}.parquet"


def require_writable(folder: Path) -> None:
    """Refuse before minutes of work what could not be kept after them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as reason:
        raise UnwritableFile(f"{folder}: the map cannot be kept here ({reason.strerror}). "
                             "Allow writing to this folder, or score the data again in a workspace of your own.") from reason


def embeddings(run: Run) -> np.ndarray:
    """(n, width) mean hidden states of the pool's examples."""
    alone = run.alone("pool")
    if alone is None:
        raise NotScored(f"{run.folder}: the pool has not been read by the model yet. Run delift score or delift run to the end, then map it.")
    return alone.embedding


def profiles(run: Run) -> np.ndarray:
    """(n, 2n) utility profiles of the pool's examples."""
    return utility_profiles(run.kernel("pool_pool").similarity())


VECTORS: Mapping[Projection, Callable[[Run], np.ndarray]] = {Projection.EMBEDDING: embeddings, Projection.UTILITY: profiles}
