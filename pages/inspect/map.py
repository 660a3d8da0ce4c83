"""Map: the pool as points, neighbours close together, the chosen on top; what is drawn around can
be acted on.
"""

from functools import partial
from zlib import crc32

import numpy as np
import streamlit as st

from delift_core.charts.lasso import indices_in
from delift_core.charts.maps import LINKS_MOST, MapContent, can_be_played, map_figure
from delift_core.jobs import jobs
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from pages.inspect.map_colours import colour_control, colours_of
from pages.inspect.map_play import stage
from pages.session import cache, cached_analysis, state
from pages.session.verdicts import verdicts
from pages.widgets.act_bar import act_bar, enclosed
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.guards import need_choice
from pages.widgets.job_panel import job_panel
from pages.widgets.search import search_control
from pages.widgets.theme import palette

MOUSE = {"lasso": "draw", "pan": "click"}
# as Streamlit sets it later, when play may be on already
CLICKS = {"lasso": "event", "pan": "event+select"}
BOTH = "both"
# pixels of one map and of two: with play below them they fit on a laptop without scrolling
HEIGHTS = {1: 520, 2: 440}
PLACES = {
    Projection.EMBEDDING: "what they say",
    Projection.UTILITY: "whom they help",
    BOTH: "both maps",
}


def points_of(run: Run, of: str) -> np.ndarray:
    """(pool, 2) places of the examples; worked out by a worker the first time."""
    if (points := cache.projection(run, of)) is None:
        folder = jobs.run_job(run.folder, f"project-{of}")
        status = job_panel(folder, f"Drawing the map of {PLACES[of]}", "steps")
        if not (status and status.active) and st.button(
            f"Draw the map of {PLACES[of]}", type="primary", icon=":material/scatter_plot:"
        ):
            jobs.start(folder, "project", {"run": str(run.folder), "of": of, "seed": 0})
            st.rerun()
        st.stop()
    return points


def enclose(of: str, points: np.ndarray) -> None:
    """Remember what a lasso or box holds, or the point that was clicked; an empty event changes
    nothing.
    """
    selection = state.selection(f"map {of}")
    if selection["lasso"] or selection["box"]:
        state.hold("enclosed", indices_in(selection, points))
    elif selection["points"] and "customdata" in selection["points"][0]:
        state.put(example=run.pool[int(selection["points"][0]["customdata"])].id)


def link_control() -> np.ndarray | None:
    """(pairs, 2) near-duplicates to join; None while that is not asked for."""
    links = cached_analysis.links(run)
    say = (
        f"A line between each of the {len(links):,} near-duplicates and the example it repeats."
        if len(links) <= LINKS_MOST
        else f"A line for the first {LINKS_MOST:,} of {len(links):,} near-duplicates."
    )
    nothing = (
        "This pool holds none: near-duplicates were collapsed into one example each when it was"
        " loaded, or there were none."
    )
    wanted = st.toggle(
        "Link near-duplicates",
        key="links",
        disabled=not len(links),
        help=say if len(links) else nothing,
        persist_state="session",
    )
    return links if wanted and len(links) else None


def draw(of: str, points: np.ndarray, height: int) -> None:
    """One map; a lasso, a box or a click in it is what `enclose` remembers."""
    content = MapContent(
        colours=colours_of(run, chosen),
        colour_title=state.get("colour") or "",
        matches=matches,
        enclosed=inside if len(inside) else None,
        selected=cache.position(run, state.get("example")),
        verdicts=said,
        links=links,
        playable=True,
    )
    figure = map_figure(points, chosen.selection.indices, palette(), content)
    # clicks come back only while nothing is drawn
    figure.update_layout(
        dragmode=mouse,
        clickmode=CLICKS[mouse],
        meta={"map": of},
        # an outline that did its work would catch the next one
        selectionrevision=crc32(inside.tobytes()),
    )
    st.plotly_chart(
        figure,
        key=f"map {of}",
        theme=None,
        height=height,
        on_select=partial(enclose, of, points),
        config={"displaylogo": False, "scrollZoom": True},
        alt=(
            f"Map of {PLACES[of]}: {len(points):,} examples, {len(chosen.selection):,} of them"
            " chosen"
        ),
    )


def told() -> str:
    """What to know of the maps that they do not show."""
    words = [
        (
            "To read one of those drawn around, pick it in the table; any other, let the mouse"
            " click."
            if len(inside)
            else (
                "Draw around examples to list them and act on them; to read one, let the mouse"
                " click."
            )
        )
    ]
    if matches is not None:
        words.insert(
            0, f"{len(matches):,} found, {int((chosen.ranks[matches] > 0).sum()):,} of them chosen."
        )
    if not can_be_played(chosen.selection.indices):
        words.append(
            f"The {len(chosen.selection):,} chosen are too many to be played one after the other."
        )
    return " ".join(words)


run, chosen = need_choice("Map")
st.title("Map")
if state.get("place") not in PLACES:
    state.forget("place")
with st.container(horizontal=True, vertical_alignment="bottom"):
    state.bound(
        st.segmented_control,
        "Neighbours by",
        "place",
        [str(place) for place in PLACES],
        format_func=PLACES.get,
        required=True,
    )
    colour_control(run)
    matches = search_control(run)
    mouse = st.segmented_control(
        "Mouse",
        list(MOUSE),
        default="lasso",
        format_func=MOUSE.get,
        key="mouse",
        required=True,
        persist_state="session",
    )
maps = [str(place) for place in Projection] if state.get("place") == BOTH else [state.get("place")]
points = {of: points_of(run, of) for of in maps}
inside = enclosed()  # (examples,)
said = verdicts(run)
above = st.container() if len(maps) > 1 else None
left, right = st.columns([3, 2], gap="medium")
with above or left:
    charts = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            stage(chosen)
        links = link_control()
    with charts:
        for of, column in zip(maps, st.columns(len(maps)), strict=True):
            with column:
                if len(maps) > 1:
                    st.markdown(f"**By {PLACES[of]}**")
                draw(of, points[of], HEIGHTS[len(maps)])
    st.caption(told())
with left if above else right:
    if len(inside):
        act_bar(run, chosen, inside)
        example_table(
            inside,
            "enclosed",
            state.get("colour") if state.get("colour") in cache.fields(run) else None,
        )
with right:
    example_panel()
