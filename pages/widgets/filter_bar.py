"""The controls of the filters, and the filters as pills that can be taken off one by one."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.units import value_text
from pages.session import address, cached_fields, cached_search, filters, widget_state
from pages.widgets.literal import literal

SEARCHES = {None: "words", "meaning": "words and meaning"}


def filter_controls(run: Run) -> str | None:
    """Fields for words and for values, side by side in the container around them.

    Returns the field whose values can be picked now.
    """
    widget_state.bound(
        st.text_input,
        "Search",
        "search",
        placeholder="words",
        help="Keeps the examples that hold every word in id, prompt or response.",
        width=190,
    )
    if address.get("search") and cached_search.has_embeddings(run):
        meaning_control()
    return field_control(run)


def meaning_control() -> None:
    """Whether a search keeps what is near in meaning too."""
    widget_state.bound(
        st.selectbox,
        "Search by",
        "also",
        list(SEARCHES),
        format_func=SEARCHES.get,
        help=(
            f"By meaning: also the {cached_search.LIKE_MOST} examples whose stored embeddings are"
            " nearest to those that hold the words."
        ),
        width=190,
    )


def field_control(run: Run) -> str | None:
    """A field of the rows, and the values of it that are wanted."""
    fields = cached_fields.group_fields(run)
    field = st.selectbox(
        "Filter by",
        fields,
        index=None,
        placeholder="a field",
        key="filter field",
        persist_state="session",
        width=150,
    )
    if field not in fields:
        return None
    key = f"filter values {field}"
    widget_state.show(key, filters.wanted_values(run).get(field, []))
    st.multiselect(
        "Values",
        cached_fields.values(run, field),
        key=key,
        format_func=value_text,
        on_change=lambda: filters.want_values(run, field, widget_state.value(key)),
        width=260,
    )
    return field


def filter_pills(run: Run) -> None:
    """One pill for each filter.

    Their container is there without any too: what is below it keeps its place, and with it what
    the browser remembers of it, as the first pill comes and the last one goes.
    """
    releases = filters.releases(run)
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="filter pills"
    ):
        for name, release in releases.items():
            st.button(
                literal(name),
                key=f"take off {name}",
                icon=":material/close:",
                icon_position="right",
                on_click=release,
                help="Remove this filter",
            )
        if len(releases) > 1:
            st.button("Clear filters", type="tertiary", on_click=filters.clear)
