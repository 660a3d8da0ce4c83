"""Map: the pool as points, neighbours close together, the chosen on top.

A click reads an example, a drag draws around some: they are listed and acted on.
"""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from delift_core.charts.maps import can_be_played
from delift_core.runs.projections import Projection
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.inspect.map_act_bar import act_bar
from pages.inspect.map_chart import BOTH, MAP_TITLES, MapView, draw_map, map_points
from pages.inspect.map_colours import colour_control
from pages.inspect.map_layers import layer_control
from pages.session import address, current, filters, widget_state
from pages.session.outlines import drawn_around
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.filter_bar import filter_controls, filter_pills
from pages.widgets.guards import need_choice
from pages.widgets.map_click import map_mouse
from pages.widgets.map_play import stage

WIDTHS = {1: [3, 2], 2: [2, 1]}  # of maps and panel, by the number of maps
LIST_HEIGHT = 178  # pixels: the open example is read below the list without scrolling


def map_control() -> list[str]:
    """The maps that are drawn: one of them, or both."""
    if address.get("place") not in MAP_TITLES:
        address.forget("place")
    widget_state.bound(
        st.selectbox,
        "Layout",
        "place",
        [str(name) for name in MAP_TITLES],
        format_func=MAP_TITLES.get,
        help=(
            "What makes neighbours: alike in their text, or in whom they help and who helps them."
        ),
        width=160,
    )
    name = address.get("place")
    return [str(each) for each in Projection] if name == BOTH else [name]


def draw_maps(view: MapView, points: Mapping[str, np.ndarray]) -> None:
    """The maps beside each other. points: (pool, 2) of each."""
    for name, column in zip(points, st.columns(len(points)), strict=True):
        with column:
            draw_map(view, name, points[name])


def map_note(run: Run, chosen: Outcome) -> str:
    """What the mouse does, what the filters find, and why play is missing."""
    sentences = ["Click a point to read it, drag to draw around some."]
    matches = filters.matches(run)
    if matches is not None:
        chosen_matches = int((chosen.ranks[matches] > 0).sum())
        sentences.append(f"{len(matches):,} found, {chosen_matches:,} of them chosen.")
    if not can_be_played(chosen.selection.indices):
        sentences.append(
            f"The {len(chosen.selection):,} chosen are too many to be played one after the other."
        )
    return " ".join(sentences)


def map_selection(run: Run, chosen: Outcome) -> None:
    """What was drawn around, and what can be done with it."""
    around = drawn_around(run)
    if around is None:
        return
    act_bar(run, chosen, around)
    example_table(run, around, "map selection", height=LIST_HEIGHT)


run, chosen = need_choice("Map")
st.title("Map")
with st.container(horizontal=True, vertical_alignment="bottom"):
    maps = map_control()
    colour = colour_control(run)
    filter_controls(run)
filter_pills(run)
points = {name: map_points(run, name) for name in maps}
wide, narrow = st.columns(WIDTHS[len(maps)], gap="medium")
with wide:
    draw_maps(MapView(run, chosen, colour), points)
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container():
            stage(chosen)
        layer_control(run)
    st.caption(map_note(run, chosen))
    map_mouse(run, points, current.example(run), lambda id: address.put(example=id))
with narrow:
    map_selection(run, chosen)
    example_panel(run)
