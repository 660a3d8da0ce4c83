"""Examples: the pool as a list that can be searched, filtered and sorted."""

from collections.abc import Callable, Mapping

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.inspect.examples_filters import filters, pills, show_matches
from pages.widgets.enclosure import ENCLOSED_TAB, LIST_TAB, enclosed_examples, release
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.guards import need_choice
from pages.widgets.search import search_control


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


# name -> (pool,) sort keys
ORDERS: Mapping[str, Callable[[Run, Outcome], np.ndarray]] = {
    "rank, then pool": chosen_first,
    "as in the source": source_order,
    "budget at which it enters": entry_budget,
    "longest response first": longest_first,
    "shortest response first": shortest_first,
    "hardest alone first": hardest_first,
}


def members_of(
    chosen: Outcome, keep: np.ndarray, matches: np.ndarray | None, enclosed: np.ndarray
) -> dict[str, np.ndarray]:
    """(pool,) bool for each tab, the examples it lists.

    keep: (pool,) bool, what the filters leave. matches, enclosed: indices of what the search
    matches and of what was drawn around on the map.
    """
    is_chosen = chosen.ranks > 0  # (pool,)
    members = {
        "All": keep,
        "Chosen": keep & is_chosen,
        "Rejected": keep & ~is_chosen,
        "Matches": keep & is_among(() if matches is None else matches, len(keep)),
    }
    if len(enclosed):
        members[ENCLOSED_TAB] = keep & is_among(enclosed, len(keep))
    return members


def is_among(indices: np.ndarray | tuple[()], size: int) -> np.ndarray:
    """(size,) bool, whether each index is among these."""
    return np.isin(np.arange(size), indices)


def tab_control(members: Mapping[str, np.ndarray]) -> str:
    """Which examples are listed."""
    return st.segmented_control(
        "Show",
        list(members),
        default="All",
        key=LIST_TAB,
        required=True,
        persist_state="session",
        format_func=lambda name: f"{name} ({members[name].sum():,})",
    )


run, chosen = need_choice("Examples")
st.title("Examples")
with st.container(horizontal=True, vertical_alignment="bottom"):
    matches = search_control(run, on_typed=show_matches)
    keep, field = filters(run)
enclosed = enclosed_examples()  # (examples,)
members = members_of(chosen, keep, matches, enclosed)
enclosed_pill = {f"enclosed on the map ({len(enclosed):,})": release} if len(enclosed) else {}
pills(run, enclosed_pill)
with st.container(horizontal=True, vertical_alignment="bottom"):
    tab = tab_control(members)
    order = st.selectbox("Sort by", list(ORDERS), key="sort", persist_state="session", width=220)
table, panel = st.columns([4, 3], gap="medium")
with table:
    indices = np.flatnonzero(members[tab])
    sort_keys = ORDERS[order](run, chosen)[indices]
    example_table(run, indices[np.argsort(sort_keys, kind="stable")], tab, field)
    if tab == "Matches" and matches is None:
        st.caption("Type a word in the search to see its matches.")
with panel:
    example_panel(run)
