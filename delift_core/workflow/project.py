"""Lay a run's pool out on a map with UMAP, once, and keep the map in its folder."""

import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from delift_core.analysis.projection import project, utility_profiles
from delift_core.errors import NotScored, UnwritableFile
from delift_core.runs.projections import (
    Projection,
    projection_path,
    read_projection,
    write_projection,
)
from delift_core.runs.run import Run
from delift_core.scoring.kernel import choice_named


def project_run(run: Run, of: str = Projection.EMBEDDING, seed: int = 0) -> Path:
    """The file of a run's map, made now where it is not there.

    Raises NotScored without the vectors, UnwritableFile without the right to write.
    """
    path = projection_path(run, of, seed)
    if not path.exists():
        require_writable(path.parent)
        positions = project(VECTORS[choice_named(Projection, of)](run), seed=seed)  # (n, 2)
        write_projection(run, of, seed, positions)
    return path


def projection_of(run: Run, of: str = Projection.EMBEDDING) -> np.ndarray:
    """(n, 2) positions of the pool, worked out where none are stored, and stored if possible."""
    positions = read_projection(run, of)
    if positions is None:
        positions = project(VECTORS[choice_named(Projection, of)](run), seed=0)
        with suppress(UnwritableFile):
            write_projection(run, of, 0, positions)
    return positions


def require_writable(folder: Path) -> None:
    """Raise UnwritableFile before minutes of work whose result could not be stored."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as reason:
        raise UnwritableFile(
            f"{folder}: the map cannot be kept here ({reason.strerror}). "
            "Allow writing to this folder, or score the data again in a workspace of your own."
        ) from reason


def embeddings(run: Run) -> np.ndarray:
    """(n, width) mean hidden states of the pool's examples."""
    alone = run.alone("pool")
    if alone is None:
        raise NotScored(
            f"{run.folder}: the pool has not been read by the model yet. Run delift score or delift"
            " run to the end, then map it."
        )
    return alone.embedding


def profiles(run: Run) -> np.ndarray:
    """(n, 2n) utility profiles of the pool's examples."""
    return utility_profiles(run.kernel("pool_pool").similarity())


VECTORS: Mapping[Projection, Callable[[Run], np.ndarray]] = {
    Projection.EMBEDDING: embeddings,
    Projection.UTILITY: profiles,
}
