"""Examples: the pool as a list that can be searched, filtered and sorted."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.session import address, cached_fields, cached_search, filters, widget_state
from pages.widgets.example_panel import ALIKE, example_panel
from pages.widgets.example_table import example_table
from pages.widgets.filter_bar import filter_controls, filter_pills
from pages.widgets.guards import need_choice


def chosen_first(run: Run, chosen: Outcome) -> np.ndarray:
    """The chosen in order of choice, then the others as in the source."""
    size = len(chosen.ranks)
    return np.where(chosen.ranks > 0, chosen.ranks, size + np.arange(size))


def source_order(run: Run, chosen: Outcome) -> np.ndarray:
    """As in the source."""
    return np.arange(len(chosen.ranks))


def entry_budget(run: Run, chosen: Outcome) -> np.ndarray:
    """The row budget at which each enters; those that never do come last."""
    entries = chosen.order.ranks
    return np.where(entries > 0, entries, len(entries) + 1)


def shortest_first(run: Run, chosen: Outcome) -> np.ndarray:
    """By the tokens of the response."""
    return run.alone("pool").response_tokens


def longest_first(run: Run, chosen: Outcome) -> np.ndarray:
    """By the tokens of the response, the most first."""
    return -shortest_first(run, chosen)


def hardest_first(run: Run, chosen: Outcome) -> np.ndarray:
    """By the distance of the response when nothing is shown; those without one come last."""
    return -np.nan_to_num(run.alone("pool").distance, nan=-1.0)


def alike_first(run: Run, chosen: Outcome) -> np.ndarray:
    """By likeness to the example that others are to be like, itself first."""
    return -cached_search.likeness_to(run, np.array([filters.liked(run)]))


# in the address -> name, (pool,) sort keys
ORDERS: Mapping[str, tuple[str, Callable[[Run, Outcome], np.ndarray]]] = {
    "rank": ("Selection rank", chosen_first),
    "source": ("Original order", source_order),
    "entry": ("Budget at which it enters", entry_budget),
    "longest": ("Longest response first", longest_first),
    "shortest": ("Shortest response first", shortest_first),
    "hardest": ("Largest answer error first", hardest_first),
    ALIKE: ("Most alike first", alike_first),
}
HEIGHT = 500  # pixels of the table: with the pages below it, a laptop's screen
LISTS = {"all": "All", "chosen": "Chosen", "others": "Not chosen"}


def members_of(chosen: Outcome, keep: np.ndarray) -> dict[str, np.ndarray]:
    """(pool,) bool of each list: what it holds and the filters keep. keep: (pool,) bool."""
    is_chosen = chosen.ranks > 0  # (pool,)
    return {"all": keep, "chosen": keep & is_chosen, "others": keep & ~is_chosen}


def list_control(members: Mapping[str, np.ndarray]) -> str:
    """Which examples are listed."""
    return widget_state.bound(
        st.segmented_control,
        "Show",
        "list",
        list(members),
        required=True,
        format_func=lambda name: f"{LISTS[name]} ({members[name].sum():,})",
        label_visibility="collapsed",
    )


def order_control(run: Run) -> str:
    """What the list is sorted by; likeness where others are to be like an example."""
    offered = [name for name in ORDERS if name != ALIKE or filters.liked(run) is not None]
    if address.get("sort") not in offered:
        address.forget("sort")
    return widget_state.bound(
        st.selectbox,
        "Sort by",
        "sort",
        offered,
        format_func=lambda name: ORDERS[name][0],
        width=230,
        help="The order of the list; what is chosen does not depend on it.",
    )


run, chosen = need_choice("Examples")
st.title("Examples")
with st.container(horizontal=True, vertical_alignment="bottom"):
    order = order_control(run)
    field = filter_controls(run)
members = members_of(chosen, filters.kept(run))
with st.container(horizontal=True, vertical_alignment="center"):
    shown = list_control(members)
    filter_pills(run)
table, panel = st.columns([3, 2], gap="medium")
with table:
    indices = np.flatnonzero(members[shown])
    sort_keys = ORDERS[order][1](run, chosen)[indices]
    listed = indices[np.argsort(sort_keys, kind="stable")]
    first = int(listed[0]) if len(listed) else None
    column = field or cached_fields.likely_topic(run)
    example_table(run, listed, LISTS[shown], column, first, height=HEIGHT)
with panel:
    example_panel(run, first)
