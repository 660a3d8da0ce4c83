"""What the list of examples is narrowed to, as pills that can be taken off one by one."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
import streamlit as st

from delift_core.data.groups import groups
from delift_core.runs.run import Run
from pages.session import cached_fields, widget_state
from pages.widgets.enclosure import LIST_TAB
from pages.widgets.field_filter import filter_control, values_key
from pages.widgets.literal import literal

LIST = "examples"
SEARCH = "search"


def filters(run: Run) -> tuple[np.ndarray, str | None]:
    """(pool,) bool, what the picked values of all fields leave, and the field picked from now."""
    forget_foreign_values(run)
    keep, field = filter_control(run, LIST)
    for other, wanted in picked(run):
        if other != field:
            keep = keep & np.isin(groups(run.pool, other), wanted)
    return keep, field


def picked(run: Run) -> Iterator[tuple[str, list[str]]]:
    """Every field of which values are wanted, and those values."""
    for field in cached_fields.group_fields(run):
        wanted = widget_state.value(values_key(LIST, field))
        if wanted:
            yield field, wanted


def forget_foreign_values(run: Run) -> None:
    """Forget values that were picked in another run and that this one does not have."""
    for field, wanted in picked(run):
        values = set(groups(run.pool, field))
        if not values.issuperset(wanted):
            own = [value for value in wanted if value in values]
            widget_state.put(values_key(LIST, field), own)


def pills(run: Run, more: Mapping[str, Callable[[], None]]) -> None:
    """One pill for the search, one for each value, and more by name with what takes them off."""
    releases = {**search_pill(), **value_pills(run), **more}
    if not releases:
        return
    with st.container(horizontal=True, gap="small", key="filter pills"):
        for name, release in releases.items():
            st.button(
                literal(name),
                key=f"take off {name}",
                icon=":material/close:",
                icon_position="right",
                on_click=release,
                help="Take this filter off",
            )
        if len(releases) > 1:
            st.button(
                "Take all off",
                key="take all filters off",
                type="tertiary",
                on_click=release_all,
                args=(list(releases.values()),),
            )


def search_pill() -> dict[str, Callable[[], None]]:
    """The pill of the search, while anything is typed."""
    typed = " ".join(widget_state.value(SEARCH, "").split())
    return {f"“{typed}”": clear_search} if typed else {}


def value_pills(run: Run) -> dict[str, Callable[[], None]]:
    """A pill for each value of a field."""
    return {
        f"{field}: {value}": partial(release_value, field, value)
        for field, wanted in picked(run)
        for value in wanted
    }


def release_all(releases: list[Callable[[], None]]) -> None:
    """Take every filter off."""
    for release in releases:
        release()


def release_value(field: str, value: str) -> None:
    """Want a value of a field no more."""
    key = values_key(LIST, field)
    widget_state.put(key, [other for other in widget_state.value(key) if other != value])


def clear_search() -> None:
    """Empty the search."""
    widget_state.put(SEARCH, "")
    show_matches(False)


def show_matches(is_typed: bool) -> None:
    """Turn the list to what a search matches, and back to all when it is over."""
    if is_typed:
        widget_state.put(LIST_TAB, "Matches")
    elif widget_state.value(LIST_TAB) == "Matches":
        widget_state.put(LIST_TAB, "All")
