"""Heatmap: a score matrix group by group, pair by pair, and one pair beside it."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import HELD_OUT_KERNEL
from delift_core.units import percent
from pages.inspect.heatmap_cells import PAIRS, Picture, clicked_pair, pairs_view, place_of_pair
from pages.inspect.heatmap_groups import (
    GROUPS,
    cell_of_pair,
    group_control,
    groups_view,
    strongest_in_cell,
)
from pages.inspect.heatmap_lists import LISTINGS, offered_lists, standout_list
from pages.inspect.heatmap_order import order_control
from pages.inspect.heatmap_pair import Pair, holds_pair, open_pair, pair_panel, put_pair
from pages.session import address, cache, cached_analysis, cached_groups, widget_state
from pages.widgets.chart_mouse import Click, chart_mouse
from pages.widgets.guards import need_choice
from pages.widgets.scoring import KERNEL_TITLES, MATRIX_HELP, possible_kernels

TITLES = {GROUPS: "Group by group", PAIRS: "All pairs"}
TITLES |= {kind: listing.title for kind, listing in LISTINGS.items()}


def kernel_control(run: Run) -> str:
    """The kernel being looked at; that of the pair the address names, at first.

    Held-out examples measure what was chosen and explain nothing of it: theirs is left out.
    """
    kernels = [name for name in possible_kernels(run) if name != HELD_OUT_KERNEL]
    complete = [name for name in kernels if cache.is_complete(run, name)]
    with_pair = [name for name in complete if holds_pair(run, name)]
    return widget_state.pick(
        st.selectbox,
        "Score matrix",
        "matrix",
        complete,
        [*with_pair, *complete][0],
        clears=["box"],  # of the matrix before
        format_func=KERNEL_TITLES.get,
        width=240,
        help=MATRIX_HELP,
    )


def view_control(run: Run, name: str) -> str:
    """What is seen of it: groups where there are any, pairs, or a list of what stands out."""
    offered = [PAIRS, *offered_lists(run, name)]
    if cached_groups.offered(run):
        offered.insert(0, GROUPS)
    if address.get("view") not in offered:
        address.put(view=offered[0])
    return widget_state.bound(
        st.segmented_control,
        "View",
        "view",
        offered,
        required=True,
        format_func=TITLES.get,
        label_visibility="collapsed",
    )


def sample_note(run: Run, name: str) -> None:
    """What is not known of a kernel whose plan leaves pairs out."""
    if not run.plan.is_all:
        scored = 1 - cached_analysis.trust_figures(run, name).left_out
        st.caption(
            f":material/filter_alt: {percent(scored)} of these pairs were scored."
            " Open cells were not: lists and means are over what was scored, the choice counts the"
            " others as the pointer says."
        )


def groups_part(run: Run, name: str, way: str, pair: Pair | None) -> None:
    """The groups, and what a click on them reads."""
    groups_view(run, name, way)

    def read(click: Click) -> None:
        put_pair(run, name, strongest_in_cell(run, name, way, click))

    chart_mouse({GROUPS: cell_of_pair(run, name, way, pair)}, read)


def pairs_part(picture: Picture, pair: Pair | None) -> None:
    """The pairs, and what a click on them reads."""
    pairs_view(picture)

    def read(click: Click) -> None:
        put_pair(picture.run, picture.name, clicked_pair(picture, click))

    chart_mouse({PAIRS: place_of_pair(picture, pair)}, read)


run, chosen = need_choice("Heatmap")
st.title("Heatmap")
controls = st.container(horizontal=True, vertical_alignment="bottom")
with controls:
    name = kernel_control(run)
view = view_control(run, name)
pair = open_pair(run, name)
wide, narrow = st.columns([3, 2], gap="medium")
with wide:
    if view == GROUPS:
        with controls:
            way = group_control(run)
        groups_part(run, name, way, pair)
    elif view == PAIRS:
        with controls:
            order = order_control(run, chosen, name)
        pairs_part(Picture(run, name, *order), pair)
    else:
        standout_list(run, name, view)
    sample_note(run, name)
with narrow:
    pair_panel(run, name, pair)
