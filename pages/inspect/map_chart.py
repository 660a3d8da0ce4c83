"""One map of the pool: its points, worked out by a worker the first time, and its figure.

What a lasso or box draws around is kept in the address.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from zlib import crc32

import numpy as np
import streamlit as st

from delift_core.charts.hover import label_points
from delift_core.charts.maps import MapContent, map_figure
from delift_core.jobs import jobs
from delift_core.jobs.requests import ProjectRequest
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.inspect.map_colours import CHOSEN, colours_of
from pages.inspect.map_layers import shown_layers, shown_links
from pages.session import address, cache, filters, widget_state
from pages.session.outlines import draw_around
from pages.session.verdicts import pool_verdicts
from pages.widgets.job_panel import is_active, job_panel
from pages.widgets.point_texts import texts_of_points
from pages.widgets.theme import palette

BOTH = "both"
MAP_TITLES = {
    Projection.EMBEDDING: "Text similarity",
    Projection.UTILITY: "Helpfulness",
    BOTH: "Both",
}
HEIGHT = 540  # pixels: with play below it a map fits on a laptop's screen
CONFIG: Mapping[str, object] = {
    "displaylogo": False,
    "displayModeBar": True,
    "scrollZoom": True,
    "modeBarButtonsToRemove": ["autoScale2d"],
    "toImageButtonOptions": {"filename": "delift-map", "scale": 2},
}


@dataclass(frozen=True, eq=False)
class MapView:
    """What every map of the page shows over its points."""

    run: Run
    chosen: Outcome
    colour: str


def map_points(run: Run, name: str) -> np.ndarray:
    """(pool, 2) positions of the examples; until a worker has found them the page stops here."""
    points = cache.projection(run, name)
    if points is not None:
        return points
    request = ProjectRequest(str(run.folder), name)
    title = MAP_TITLES[name].lower()
    status = job_panel(request.folder, f"Drawing the map by {title}", "steps")
    if not is_active(status) and st.button(
        f"Draw the map by {title}", type="primary", icon=":material/scatter_plot:"
    ):
        jobs.start(request)
        st.rerun()
    st.stop()


def draw_map(view: MapView, name: str, points: np.ndarray) -> None:
    """The figure of one map. points: (pool, 2)."""
    st.plotly_chart(
        figure_of(view, name, points),
        key=map_key(name),
        theme=None,
        height=HEIGHT,
        on_select=partial(take_outline, name),
        selection_mode=("lasso", "box"),
        config=dict(CONFIG),
        alt=(
            f"Map by {MAP_TITLES[name].lower()}: {len(points):,} examples,"
            f" {len(view.chosen.selection):,} of them chosen"
        ),
    )


def figure_of(view: MapView, name: str, points: np.ndarray):
    """The map, with the mouse set to draw. points: (pool, 2)."""
    figure = map_figure(
        points, view.chosen.selection.indices, palette(), content_of(view, name, points)
    )
    label_points(figure, texts_of_points(view.run, view.chosen))
    # an outline that did its work would catch the next one
    revision = crc32(" ".join(address.get("around")).encode())
    return figure.update_layout(meta={"map": name}, clickmode="event", selectionrevision=revision)


def content_of(view: MapView, name: str, points: np.ndarray) -> MapContent:
    """What the map shows besides the pool and the chosen. points: (pool, 2)."""
    found = filters.matches(view.run)
    return MapContent(
        colours=colours_of(view.run, view.chosen, view.colour),
        colour_title="" if view.colour == CHOSEN else view.colour,
        matches=found if filters.is_searched(view.run) else None,
        enclosed=found,
        verdicts=pool_verdicts(view.run),
        links=shown_links(view.run),
        labelled=True,
        layers=shown_layers(view.run, name, points),
        playable=True,
    )


def map_key(name: str) -> str:
    """The key of the chart of a map."""
    return f"map {name}"


def take_outline(name: str) -> None:
    """Keep what was drawn; a click draws nothing."""
    selection = widget_state.selection(map_key(name))
    if selection["lasso"] or selection["box"]:
        draw_around(name, selection)
