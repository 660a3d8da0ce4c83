"""Map: the pool as points, neighbours close together, the chosen on top.

Examples can be drawn around, listed and acted on.
"""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from delift_core.charts.maps import LINKS_MOST, can_be_played
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.inspect.map_act_bar import act_bar
from pages.inspect.map_chart import BOTH, MAP_TITLES, MOUSE, MapView, draw_map, map_points
from pages.inspect.map_colours import colour_control
from pages.session import address, cached_analysis, cached_fields, filters, widget_state
from pages.session.outlines import drawn_around
from pages.session.verdicts import pool_verdicts
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.filter_bar import filter_controls, filter_pills
from pages.widgets.guards import need_choice
from pages.widgets.map_play import stage

# pixels of one map and of two: with play below them they fit on a laptop without scrolling
HEIGHTS = {1: 520, 2: 440}


def map_control() -> list[str]:
    """The maps that are drawn: one of them, or both."""
    if address.get("place") not in MAP_TITLES:
        address.forget("place")
    widget_state.bound(
        st.segmented_control,
        "Neighbours by",
        "place",
        [str(name) for name in MAP_TITLES],
        format_func=MAP_TITLES.get,
        required=True,
    )
    name = address.get("place")
    return [str(each) for each in Projection] if name == BOTH else [name]


def mouse_control() -> str:
    """Whether the mouse draws around examples, or clicks and moves the map."""
    return st.segmented_control(
        "Mouse",
        list(MOUSE),
        default="lasso",
        format_func=MOUSE.get,
        key="mouse",
        required=True,
        persist_state="session",
    )


def link_control(run: Run) -> np.ndarray | None:
    """(pairs, 2) near-duplicates to join; None while that is not asked for."""
    links = cached_analysis.duplicate_links(run)
    wanted = st.toggle(
        "Link near-duplicates",
        key="links",
        disabled=not len(links),
        help=links_help(len(links)),
        persist_state="session",
    )
    return links if wanted and len(links) else None


def links_help(count: int) -> str:
    """What the toggle draws."""
    if not count:
        return (
            "This pool holds none: near-duplicates were collapsed into one example each when it was"
            " loaded, or there were none."
        )
    if count > LINKS_MOST:
        return f"A line for the first {LINKS_MOST:,} of {count:,} near-duplicates."
    return f"A line between each of the {count:,} near-duplicates and the example it repeats."


def draw_maps(view: MapView, points: Mapping[str, np.ndarray]) -> None:
    """The maps beside each other. points: (pool, 2) of each."""
    for name, column in zip(points, st.columns(len(points)), strict=True):
        with column:
            if len(points) > 1:
                st.markdown(f"**By {MAP_TITLES[name]}**")
            draw_map(view, name, points[name])


def map_note(chosen: Outcome, matches: np.ndarray | None, is_enclosed: bool) -> str:
    """What the search matches, how to read an example, and why play is missing."""
    sentences = []
    if matches is not None:
        chosen_matches = int((chosen.ranks[matches] > 0).sum())
        sentences.append(f"{len(matches):,} found, {chosen_matches:,} of them chosen.")
    if is_enclosed:
        sentences.append(
            "To read one of those drawn around, pick it in the table; any other, let the mouse"
            " click."
        )
    else:
        sentences.append(
            "Draw around examples to list them and act on them; to read one, let the mouse click."
        )
    if not can_be_played(chosen.selection.indices):
        sentences.append(
            f"The {len(chosen.selection):,} chosen are too many to be played one after the other."
        )
    return " ".join(sentences)


def enclosed_list(run: Run, chosen: Outcome, indices: np.ndarray) -> None:
    """What was drawn around, and what can be done with it."""
    if not len(indices):
        return
    act_bar(run, chosen, indices)
    colour = address.get("colour")
    example_table(
        run, indices, "map selection", colour if colour in cached_fields.fields(run) else None
    )


run, chosen = need_choice("Map")
st.title("Map")
with st.container(horizontal=True, vertical_alignment="bottom"):
    maps = map_control()
    colour_control(run)
    filter_controls(run)
    mouse = mouse_control()
points = {name: map_points(run, name) for name in maps}
filter_pills(run)
matches = filters.matches(run) if filters.is_searched() else None
around = drawn_around(run)
enclosed = around if around is not None else np.empty(0, np.int64)  # (examples,)
above = st.container() if len(maps) > 1 else None  # two maps are as wide as the page
wide, narrow = st.columns([3, 2], gap="medium")
with above or wide:
    charts = st.container()
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            stage(chosen)
        links = link_control(run)
    view = MapView(
        run, chosen, matches, enclosed, links, pool_verdicts(run), mouse, HEIGHTS[len(maps)]
    )
    with charts:
        draw_maps(view, points)
    st.caption(map_note(chosen, matches, len(enclosed) > 0))
with wide if above else narrow:
    enclosed_list(run, chosen, enclosed)
with narrow:
    example_panel(run)
