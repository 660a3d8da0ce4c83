"""Examples: the pool as a list that can be searched, filtered and sorted."""

import numpy as np
import streamlit as st

from delift_core.runs.selections import groups
from pages.shared import cache
from pages.shared.example_panel import example_panel
from pages.shared.example_table import example_table
from pages.shared.guards import need_choice
from pages.shared.search import search_control

ORDERS = {
    "rank, then pool": lambda run, chosen: np.where(chosen.ranks > 0, chosen.ranks, len(chosen.ranks) + np.arange(len(chosen.ranks))),
    "as in the source": lambda run, chosen: np.arange(len(chosen.ranks)),
    "budget at which it enters": lambda run, chosen: np.where(chosen.order.ranks_of_all > 0, chosen.order.ranks_of_all, len(chosen.ranks) + 1),
    "longest response first": lambda run, chosen: -run.alone("pool").response_tokens,
    "shortest response first": lambda run, chosen: run.alone("pool").response_tokens,
    "hardest alone first": lambda run, chosen: -np.nan_to_num(run.alone("pool").distance, nan=-1.0),
}
TABS = ("All", "Chosen", "Rejected", "Matches")


def filtered() -> tuple[np.ndarray, str | None]:
    """(pool,) bool, what the values of a field leave, and that field."""
    keep = np.ones(size, dtype=bool)                                              # (pool,)
    fields = cache.group_fields(run)
    field = st.selectbox("Filter by", fields, index=None, placeholder="no field", key="filter field", persist_state="session", width=200)
    if field not in fields:
        return keep, None
    values = np.array(groups(run.pool, field))                                    # (pool,)
    wanted = st.multiselect("Values", sorted(set(values)), key=f"filter {field}", persist_state="session", width=320)
    return (np.isin(values, wanted) if wanted else keep), field


run, chosen = need_choice("Examples")
st.title("Examples")
size = len(run.pool)
with st.container(horizontal=True, vertical_alignment="bottom"):
    matches = search_control(run)
    keep, field = filtered()
    order = st.selectbox("Sort by", list(ORDERS), key="sort", persist_state="session", width=240)
is_chosen = chosen.ranks > 0                                                      # (pool,)
found = np.isin(np.arange(size), matches) if matches is not None else np.zeros(size, dtype=bool)
members = {"All": keep, "Chosen": keep & is_chosen, "Rejected": keep & ~is_chosen, "Matches": keep & found}
tab = st.segmented_control("Show", TABS, default="All", key="tab", required=True, persist_state="session",
                           format_func=lambda name: f"{name} ({members[name].sum():,})")
left, right = st.columns([3, 2], gap="medium")
with left:
    indices = np.flatnonzero(members[tab])
    ranked = indices[np.argsort(ORDERS[order](run, chosen)[indices], kind="stable")]
    example_table(ranked, tab, field)
    if tab == "Matches" and matches is None:
        st.caption("Type a word in the search to see its matches.")
with right:
    example_panel()
