"""Small pictures of runs for the Start page, each drawn once: dots of the stored map."""

from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.analysis.plane import principal_plane
from delift_core.charts.palette import Palette
from delift_core.charts.thumbnail import Dot, dots_shown, thumbnail
from delift_core.runs.projections import Projection, read_projection
from delift_core.runs.run import Run
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from pages.session import cached_fields

DEMO_CHOICE = Choice("facility_location", "30%")
HERO_HEIGHT = 170
DOTS_A_ROW = 30  # where no map is known


@st.cache_resource(max_entries=256, show_spinner=False)
def _run_picture(_run: Run, folder: Path, stamp: int, _palette: Palette, dark: bool) -> str:
    indices = dots_shown(len(_run.pool))  # (dots,)
    colours = group_colours(_run, _palette)
    dots = [Dot(colours[index], 3, 0.8) for index in indices.tolist()]
    return thumbnail(positions_of(_run, indices), dots)


def run_picture(run: Run, palette: Palette, dark: bool) -> str:
    """The map of a run's pool, coloured by group; rows of dots before anything is scored."""
    files = [*run.folder.glob("projections/*.parquet"), run.alone_path("pool")]
    stamp = max((file.stat().st_mtime_ns for file in files if file.exists()), default=0)
    return _run_picture(run, run.folder, stamp, palette, dark)


def positions_of(run: Run, indices: np.ndarray) -> np.ndarray:
    """(dots, 2) of some examples on the stored map, else by their embeddings, else in rows."""
    stored = read_projection(run, Projection.EMBEDDING)  # (pool, 2)
    if stored is not None:
        return stored[indices]
    alone = run.alone("pool")
    if alone is not None:
        return principal_plane(alone.embedding[indices])
    order = np.arange(len(indices))  # (dots,)
    return np.column_stack([order % DOTS_A_ROW, -(order // DOTS_A_ROW)]).astype(float)


def group_colours(run: Run, palette: Palette) -> list[str]:
    """(pool,) colours by the field likeliest to name topics, that of the pool without groups."""
    field = cached_fields.likely_topic(run) or next(iter(cached_fields.group_fields(run)), None)
    if field is None:
        return [palette.pool] * len(run.pool)
    values = cached_fields.groups_of(run.pool, field)
    rank = {value: rank for rank, value in enumerate(dict.fromkeys(values))}
    return [palette.categories[rank[value] % len(palette.categories)] for value in values]


@st.cache_resource(max_entries=2, show_spinner=False)
def _demo_picture(_palette: Palette, dark: bool) -> str:
    run = bundled_run()
    chosen = choose(run, DEMO_CHOICE)[1].indices  # (chosen,)
    order = np.r_[np.setdiff1d(np.arange(len(run.pool)), chosen), chosen]  # (pool,)
    dots = [Dot(_palette.pool, 2.5, 0.5)] * (len(order) - len(chosen))
    dots += [Dot(_palette.chosen, 4.5, 1)] * len(chosen)
    positions = read_projection(run, Projection.EMBEDDING)  # (pool, 2)
    return thumbnail(positions[order], dots, HERO_HEIGHT)


def demo_picture(palette: Palette, dark: bool) -> str:
    """The demo's map with the examples that represent its pool in the colour of the chosen."""
    return _demo_picture(palette, dark)
