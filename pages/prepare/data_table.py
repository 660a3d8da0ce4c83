"""The examples of a role as a table to browse and search, with the open one beside it."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.data.example import Dataset, Example
from delift_core.data.groups import group_name
from pages.session import cached_contents, cached_search, widget_state
from pages.widgets.conversation import conversation_view
from pages.widgets.literal import literal, one_line
from pages.widgets.written_values import written_values

PAGE_LENGTH = 100
LINE = 90  # characters of a text in the table
HEIGHT = 248  # pixels of the table and of the open example
PARSED, ORIGINAL = "Parsed", "Original"


def example_browser(role: str, dataset: Dataset) -> None:
    """The table at the left, the example opened in it at the right: the first until then."""
    listing, reading = st.columns([3, 2], gap="medium")
    with listing:
        indices, page = search_row(role, dataset)
        if len(indices):
            examples_table(role, dataset, indices[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH])
        else:
            st.caption("No example holds every word. Clear the search to see all.")
    with reading:
        open_example(role, dataset[opened(role, dataset)])


def opened(role: str, dataset: Dataset) -> int:
    """The index of the open example."""
    return min(widget_state.value(open_key(role), 0), len(dataset) - 1)


def open_key(role: str) -> str:
    """Where the index of the open example of a role is kept."""
    return f"{role} open"


def search_row(role: str, dataset: Dataset) -> tuple[np.ndarray, int]:
    """(found,) indices of the examples that hold every word, and the page of them shown."""
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            "Search",
            key=f"{role} search",
            placeholder="Words of an id, a prompt or a response",
            icon=":material/search:",
            label_visibility="collapsed",
        )
        indices = np.flatnonzero(cached_search.holding(dataset, words))
        st.caption(f"{len(indices):,} of {len(dataset):,} examples", width="content")
        pages = -(-len(indices) // PAGE_LENGTH)
        page = st.pagination(pages, key=f"{role} page of {pages}") if pages > 1 else 1
    return indices, page


def examples_table(role: str, dataset: Dataset, shown: np.ndarray) -> None:
    """Some examples, those of a page; a click, or an arrow key, opens one.

    shown: (shown,) their indices.
    """
    key = f"{role} table"
    st.dataframe(
        table_rows(role, dataset, shown),
        key=key,
        hide_index=True,
        selection_mode="single-cell",
        on_select=opener(role, key, shown),
        placeholder="",
        height=HEIGHT,
        alt=f"Examples: {role}",
        column_config={
            "Row": st.column_config.NumberColumn(width=52),
            "Id": st.column_config.TextColumn(width=100),
            "Prompt": st.column_config.TextColumn(width=190),
            "Response": st.column_config.TextColumn(width=130),
        },
    )


def opener(role: str, key: str, shown: np.ndarray) -> Callable[[], None]:
    """A callback that opens the example of the cell that was clicked."""

    def open_clicked() -> None:
        cells = widget_state.selection(key)["cells"]
        if cells and 0 <= cells[0][0] < len(shown):
            widget_state.put(open_key(role), int(shown[cells[0][0]]))

    return open_clicked


def table_rows(role: str, dataset: Dataset, shown: np.ndarray) -> pd.DataFrame:
    """Lines and lengths of some examples; whole texts stay on the server."""
    examples = [dataset[index] for index in shown.tolist()]
    lengths = cached_contents.lengths(role, dataset)
    columns: dict = {
        "Row": [example.row for example in examples],
        "Id": [example.id for example in examples],
        "Prompt": [one_line(example.prompt, LINE) for example in examples],
        "Response": [one_line(example.response, LINE) for example in examples],
        f"Prompt {lengths.unit}": lengths.prompts[shown],
        f"Response {lengths.unit}": lengths.responses[shown],
    }
    for field in cached_contents.categories(dataset)[:2]:
        columns[f"{field} (field)" if field in columns else field] = [
            group_name(example.extra.get(field)) for example in examples
        ]
    return pd.DataFrame(columns)


def open_example(role: str, example: Example) -> None:
    """An example as the model will read it, or as it stood in the source."""
    with st.container(horizontal=True, vertical_alignment="center"):
        way = st.segmented_control(
            "Original and parsed",
            [PARSED, ORIGINAL],
            default=PARSED,
            key=f"{role} looked at as",
            label_visibility="collapsed",
            required=True,
            help="Parsed: as the model will read it. Original: the row of the source.",
        )
        st.caption(f"Row {example.row}, id {literal(example.id)}", width="content")
    with st.container(border=True, height=HEIGHT):
        if way == ORIGINAL:
            st.json(written_values(example.extra))
        else:
            conversation_view(example)
