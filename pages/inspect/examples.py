"""Examples: the pool as a list that can be searched, filtered and sorted."""

import numpy as np
import streamlit as st

from pages.inspect.filters import TAB, filters, pills, show_matches
from pages.widgets.act_bar import clear, enclosed
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.guards import need_choice
from pages.widgets.search import search_control

ORDERS = {
    "rank, then pool": lambda run, chosen: np.where(
        chosen.ranks > 0, chosen.ranks, len(chosen.ranks) + np.arange(len(chosen.ranks))
    ),
    "as in the source": lambda run, chosen: np.arange(len(chosen.ranks)),
    "budget at which it enters": lambda run, chosen: np.where(
        chosen.order.ranks > 0, chosen.order.ranks, len(chosen.ranks) + 1
    ),
    "longest response first": lambda run, chosen: -run.alone("pool").response_tokens,
    "shortest response first": lambda run, chosen: run.alone("pool").response_tokens,
    "hardest alone first": lambda run, chosen: -np.nan_to_num(run.alone("pool").distance, nan=-1.0),
}

run, chosen = need_choice("Examples")
st.title("Examples")
size = len(run.pool)
with st.container(horizontal=True, vertical_alignment="bottom"):
    matches = search_control(run, begun=show_matches)
    keep, field = filters(run)
is_chosen = chosen.ranks > 0  # (pool,)
# (pool,) both
found, inside = (
    np.isin(np.arange(size), some) for some in (matches if matches is not None else (), enclosed())
)
members = {
    "All": keep,
    "Chosen": keep & is_chosen,
    "Rejected": keep & ~is_chosen,
    "Matches": keep & found,
}
if inside.any():
    members["Enclosed"] = keep & inside
pills(run, {f"enclosed on the map ({inside.sum():,})": clear} if inside.any() else {})
with st.container(horizontal=True, vertical_alignment="bottom"):
    tab = st.segmented_control(
        "Show",
        list(members),
        default="All",
        key=TAB,
        required=True,
        persist_state="session",
        format_func=lambda name: f"{name} ({members[name].sum():,})",
    )
    order = st.selectbox("Sort by", list(ORDERS), key="sort", persist_state="session", width=220)
left, right = st.columns([4, 3], gap="medium")
with left:
    indices = np.flatnonzero(members[tab])
    ranked = indices[np.argsort(ORDERS[order](run, chosen)[indices], kind="stable")]
    example_table(ranked, tab, field)
    if tab == "Matches" and matches is None:
        st.caption("Type a word in the search to see its matches.")
with right:
    example_panel()
