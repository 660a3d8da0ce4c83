"""The map of the overview: coloured by group, playing at first; a click opens an example."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from delift_core.charts.hover import label_points
from delift_core.charts.maps import MapContent, map_figure
from delift_core.charts.traces import SVG_MOST
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.overview.overview_drawer import open_in_drawer
from pages.server.navigation import go
from pages.session import address, cache, cached_groups
from pages.widgets.chart import show_chart
from pages.widgets.map_click import map_mouse
from pages.widgets.map_play import stage
from pages.widgets.point_texts import texts_of_points
from pages.widgets.theme import palette

NAME = "overview"
HEIGHT = 280  # pixels: the headline may take two lines


def map_panel(run: Run, chosen: Outcome) -> None:
    """The map and play; where it is not drawn yet, the way to it."""
    points = cache.projection(run, Projection.EMBEDDING)
    if points is None:
        st.info("The map of this run is not drawn yet.", icon=":material/info:")
        if st.button("Draw it on the Map page", icon=":material/scatter_plot:"):
            go("inspect/map")
        return
    map_chart(run, chosen, points)
    opened = cache.position(run, address.get("example"))
    with st.container(gap=None):
        stage(chosen, alone=True)
        map_mouse(run, {NAME: points}, opened, open_in_drawer)


def map_chart(run: Run, chosen: Outcome, points: np.ndarray) -> None:
    """The pool by text similarity, the chosen on top. points: (pool, 2)."""
    content = MapContent(colours=topics(run), playable=True)
    figure = map_figure(points, chosen.selection.indices, palette(), content)
    if len(points) <= SVG_MOST:
        label_points(figure, texts_of_points(run, chosen))
    figure.update_layout(dragmode=False, meta={"map": NAME}, margin={"t": 4})
    sizes = f"{len(points):,} examples, {len(chosen.selection):,} of them chosen"
    show_chart(figure, HEIGHT, f"Map by text similarity: {sizes}", key="map of the overview")


def topics(run: Run) -> Sequence[str] | None:
    """(pool,) the group of each example; None without groups."""
    way = cached_groups.likely(run)
    return None if way is None else cached_groups.group_of(run, way)
