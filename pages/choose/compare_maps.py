"""The same map of the pool once for each selection; a click opens an example on all of them."""

import numpy as np
import streamlit as st

from delift_core.charts.small_maps import (
    SmallMaps,
    example_of,
    needs_picture,
    small_maps_figure,
)
from delift_core.runs.projections import Projection
from pages.choose.compare_view import CompareView
from pages.server.navigation import go
from pages.session import address, cache, cached_comparison, widget_state
from pages.widgets.example_panel import example_panel
from pages.widgets.theme import is_dark, palette

KEY = "compared maps"
HEIGHTS = (440, 640)  # pixels of one row of maps and of two


def maps_part(view: CompareView) -> None:
    """The maps, and the open example beside them."""
    wide, narrow = st.columns([3, 2], gap="medium")
    with wide:
        maps_chart(view)
    with narrow:
        example_panel(view.run)


def maps_chart(view: CompareView) -> None:
    """One figure with a map for each selection; without a map, the way to it."""
    run = view.run
    kind = address.get("place") if address.get("place") in list(Projection) else "embedding"
    points = cache.projection(run, kind)
    if points is None:
        st.info("The map of this run is not drawn yet.", icon=":material/info:")
        if st.button("Draw it on the Map page", icon=":material/scatter_plot:"):
            go("inspect/map")
        return
    maps = small_maps(view, kind, points)
    st.plotly_chart(
        small_maps_figure(maps, palette()),
        key=KEY,
        theme=None,
        height=HEIGHTS[len(maps.chosen) > 3],
        on_select=lambda: open_clicked(view, maps),
        selection_mode="points",
        config={"displaylogo": False, "scrollZoom": True},
        alt=f"The pool {len(maps.chosen)} times, the examples of each selection marked",
    )
    st.caption(
        "Strong marks are examples that no other selection holds, faint ones are shared. The maps"
        " move together; a click opens an example on all of them."
    )


def small_maps(view: CompareView, kind: str, points: np.ndarray) -> SmallMaps:
    """What the maps show. points: (pool, 2)."""
    run, picture = view.run, None
    if needs_picture(points):
        picture = cached_comparison.pool_picture(run, kind, is_dark())
    return SmallMaps(
        points,
        [entry.rows for entry in view.comparison.entries],
        view.looks,
        [example.id for example in run.pool],
        picture,
        cache.position(run, address.get("example")),
    )


def open_clicked(view: CompareView, maps: SmallMaps) -> None:
    """Open the example of the mark that was clicked."""
    points = widget_state.selection(KEY)["points"]
    if not points:
        return
    index = example_of(maps, points[0]["curve_number"], points[0]["point_number"])
    if index is not None:
        address.put(example=view.run.pool[index].id)
