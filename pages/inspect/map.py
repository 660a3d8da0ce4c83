"""Map: the pool as points, neighbours close together, the chosen on top."""

from zlib import crc32

import numpy as np
import streamlit as st

from delift_core.inspection.figures import map_figure
from delift_core.inspection.lasso import indices_in
from delift_core.runs import jobs
from delift_core.runs.projections import Projection
from delift_core.runs.store import Run
from pages.shared import cache, state
from pages.shared.colours import colour_control, colours_of
from pages.shared.example_panel import example_panel
from pages.shared.example_table import example_table
from pages.shared.guards import need_choice
from pages.shared.job_panel import job_panel
from pages.shared.search import search_control
from pages.shared.theme import palette

MOUSE = {"lasso": "draw around", "pan": "click and move"}
PLACES = {Projection.EMBEDDING: "what they say", Projection.UTILITY: "whom they help"}


def points_of(run: Run) -> np.ndarray:
    """(pool, 2) places of the examples; worked out by a worker the first time."""
    of = state.get("place")
    if (points := cache.projection(run, of)) is None:
        folder = jobs.run_job(run.folder, f"project-{of}")
        status = job_panel(folder, "Drawing the map", "steps")
        if not (status and status.active) and st.button("Draw the map", type="primary", icon=":material/scatter_plot:"):
            jobs.start(folder, "project", {"run": str(run.folder), "of": of, "seed": 0})
            st.rerun()
        st.stop()
    return points


def enclose() -> None:
    """Remember what a lasso or box holds, or the point that was clicked; an empty event changes nothing."""
    selection = state.selection("map")
    if selection["lasso"] or selection["box"]:
        state.hold("enclosed", indices_in(selection, points))
    elif selection["points"] and "customdata" in selection["points"][0]:
        state.put(example=run.pool[int(selection["points"][0]["customdata"])].id)


run, chosen = need_choice("Map")
st.title("Map")
with st.container(horizontal=True, vertical_alignment="bottom"):
    state.bound(st.segmented_control, "Neighbours by", "place", [str(place) for place in PLACES], format_func=PLACES.get, required=True)
    colour_control(run)
    matches = search_control(run)
    mouse = st.segmented_control("Mouse", list(MOUSE), default="lasso", format_func=MOUSE.get, key="mouse", required=True, persist_state="session")
points = points_of(run)
enclosed = state.held("enclosed", np.empty(0, dtype=np.int64))                    # (examples,)
left, right = st.columns([3, 2], gap="medium")
with left:
    figure = map_figure(points, chosen.selection.indices, colours=colours_of(run, chosen), colour_title=state.get("colour") or "",
                        matches=matches, selected=cache.position(run, state.get("example")), palette=palette())
    figure.update_layout(dragmode=mouse,                                          # Streamlit gives clicks back only while nothing is drawn
                         selectionrevision=crc32(enclosed.tobytes()))             # an outline that did its work would catch the next one
    st.plotly_chart(figure, key="map", theme=None, height=600, on_select=enclose, config={"displaylogo": False, "scrollZoom": True},
                    alt=f"Map of {len(points):,} examples, {len(chosen.selection):,} of them chosen")
    st.caption("Circles are the pool, diamonds the chosen. Draw around examples to list them; to read one, pick it there or let the mouse click.")
with right:
    if len(enclosed):
        inside = int((chosen.ranks[enclosed] > 0).sum())
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{len(enclosed):,} examples, {inside:,} chosen**")
            if st.button("Clear", icon=":material/clear:"):
                state.hold("enclosed", np.empty(0, dtype=np.int64))
                st.rerun()
        example_table(enclosed, "enclosed", state.get("colour") if state.get("colour") in cache.fields(run) else None)
    example_panel()
