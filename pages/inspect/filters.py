"""What the list of examples is narrowed to, as pills that can be taken off one by one."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.choice import groups
from pages.session import cache
from pages.widgets.field_filter import filter_control
from pages.widgets.literal import literal

LIST = "examples"
SEARCH = "search"
TAB = "tab"  # what of the pool the list shows


def filters(run: Run) -> tuple[np.ndarray, str | None]:
    """(pool,) bool, what the values picked of any field leave, and the field that is being picked
    from.
    """
    forget_strangers(run)
    keep, field = filter_control(run, LIST)
    for other, wanted in picked(run):
        if other != field:
            keep = keep & np.isin(groups(run.pool, other), wanted)
    return keep, field


def picked(run: Run) -> Iterator[tuple[str, list[str]]]:
    """Every field of which values are wanted, and those values."""
    for field in cache.group_fields(run):
        if wanted := st.session_state.get(place(field)):
            yield field, wanted


def place(field: str) -> str:
    return f"{LIST} filter {field}"


def forget_strangers(run: Run) -> None:
    """Values picked in another run that this one does not have."""
    for field, wanted in picked(run):
        here = set(groups(run.pool, field))
        if not here.issuperset(wanted):
            st.session_state[place(field)] = [value for value in wanted if value in here]


def pills(run: Run, more: Mapping[str, Callable[[], None]]) -> None:
    """One pill for the words searched, one for each value, and more by name, each with what takes
    it off.
    """
    values = {
        f"{field}: {value}": partial(take_off, field, value)
        for field, wanted in picked(run)
        for value in wanted
    }
    offs = {**words(), **values, **more}
    if not offs:
        return
    with st.container(horizontal=True, gap="small", key="filter pills"):
        for name, off in offs.items():
            st.button(
                literal(name),
                key=f"take off {name}",
                icon=":material/close:",
                icon_position="right",
                on_click=off,
                help="Take this filter off",
            )
        if len(offs) > 1:
            st.button(
                "Take all off",
                key="take all filters off",
                type="tertiary",
                on_click=lambda: [off() for off in offs.values()],
            )


def words() -> dict[str, Callable[[], None]]:
    """The pill of the search."""
    typed = " ".join(st.session_state.get(SEARCH, "").split())
    return {f"“{typed}”": clear_search} if typed else {}


def clear_search() -> None:
    st.session_state[SEARCH] = ""
    show_matches(False)


def show_matches(typed: bool) -> None:
    """Turn the list to what a search finds, and back to all when it is over."""
    if typed or st.session_state.get(TAB) == "Matches":
        st.session_state[TAB] = "Matches" if typed else "All"


def take_off(field: str, value: str) -> None:
    """Want a value of a field no more."""
    st.session_state[place(field)] = [one for one in st.session_state[place(field)] if one != value]
