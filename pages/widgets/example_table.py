"""A table of examples, a hundred to a page; a click on a cell, or a key, opens an example."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.data.groups import group_name
from delift_core.runs.run import Run
from pages.session import address, cached_validation, current, widget_state
from pages.widgets.previews import prompt_lines, response_line

PAGE_LENGTH = 100
# free beside Streamlit's own R and C and the keys of the Audit page
KEYS = {"Previous": ("J", -1), "Next": ("L", 1)}
CHARACTER, PADDING, WIDEST = 8, 22, 220  # pixels of the column of ids
NUMBER_WIDTH = 62  # pixels of rank, gain and tokens
USUAL_GAIN = 6  # characters of a gain that fit into them
PROMPT_WIDTH = 280  # pixels: the response begins beside it
COLUMNS = {
    "rank": st.column_config.NumberColumn(
        "Rank", help="Turn of choice; empty where an example was not chosen.", width=NUMBER_WIDTH
    ),
    "tokens": st.column_config.NumberColumn(
        "Tokens", help="Tokens of the response that are scored.", width=NUMBER_WIDTH
    ),
    "tuning": st.column_config.TextColumn(
        "Tuning",
        help="What tuning on the validated selection did: known to the model before, learned, not"
        " yet, or forgotten. Known: the right token is likelier than all others together.",
        width="small",
    ),
    "prompt": st.column_config.TextColumn("Prompt", width=PROMPT_WIDTH),
    "response": st.column_config.TextColumn("Response", width="medium"),
}


def example_table(
    run: Run,
    indices: Sequence[int],
    name: str,
    group_field: str | None = None,
    first: int | None = None,
    height: int = 430,
) -> None:
    """Examples of the pool in the order of their indices.

    name: of this table, among those of the page. group_field: a field to show as well. first: the
    example that is open while the address names none, as in `current.example`. height: most pixels.
    """
    indices = np.asarray(indices, dtype=np.int64)  # (examples,)
    if not len(indices):
        st.caption("No examples here.")
        return
    opened = current.example(run, first)
    position = open_position(indices, opened)
    step_buttons(run, indices, name, position)
    pages = page_count(indices)
    page = page_of(name, pages)
    shown = indices[(page - 1) * PAGE_LENGTH : page * PAGE_LENGTH]
    key = f"table of {name}"
    mark_row(key, row_on_page(position, page))
    rows = table_rows(run, shown, group_field)
    st.dataframe(
        rows,
        key=key,
        hide_index=True,
        selection_mode="single-cell",
        on_select=lambda: open_clicked(run, key, shown, opened),
        column_config={**COLUMNS, "gain": gain_column(rows), "id": id_column(run, shown)},
        placeholder="",
        alt=f"Examples: {name}",
        height=min(35 * len(shown) + 38, height),
    )
    if pages > 1:
        st.pagination(pages, default=min(turned(name)[1], pages), key=page_key(name))


def page_count(indices: np.ndarray) -> int:
    """How many pages the list fills."""
    return -(-len(indices) // PAGE_LENGTH)


def turned(name: str) -> tuple[int, int]:
    """How often a step turned the page of a list, and the page it turned to.

    Streamlit's control cannot be given another page: each turn makes a new one.
    """
    return widget_state.value(f"turned {name}", (0, 1))


def page_key(name: str) -> str:
    """The key of the control that turns pages."""
    return f"page of {name} {turned(name)[0]}"


def page_of(name: str, pages: int) -> int:
    """The page of the list, counted from 1; its control stands below the table."""
    return min(widget_state.value(page_key(name), turned(name)[1]), pages)


def open_position(indices: np.ndarray, opened: int | None) -> int | None:
    """The position of the open example among these."""
    matches = np.flatnonzero(indices == opened)  # (0 or 1,)
    return int(matches[0]) if len(matches) else None


def row_on_page(position: int | None, page: int) -> int | None:
    """The row of a position in the table; None on another page."""
    if position is None or position // PAGE_LENGTH != page - 1:
        return None
    return position % PAGE_LENGTH


def step_buttons(run: Run, indices: np.ndarray, name: str, position: int | None) -> None:
    """The buttons, and keys, that open the example before and the one after."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, (key, step) in KEYS.items():
            target = 0 if position is None else position + step
            st.button(
                label,
                key=f"{label} of {name}",
                shortcut=key,
                disabled=not 0 <= target < len(indices),
                on_click=step_to,
                args=(run, indices, name, target),
            )
        if position is not None:
            st.caption(f"{position + 1:,} of {len(indices):,}", width="content")


def step_to(run: Run, indices: np.ndarray, name: str, target: int) -> None:
    """Open an example of the list, and turn to its page."""
    address.put(example=run.pool[int(indices[target])].id)
    page = target // PAGE_LENGTH + 1
    if page != page_of(name, page_count(indices)):
        widget_state.put(f"turned {name}", (turned(name)[0] + 1, page))


def mark_row(key: str, row: int | None) -> None:
    """Let the table select the row of the open example, however it was opened."""
    cells = widget_state.value(key, {}).get("selection", {}).get("cells", [])
    marked = cells[0][0] if cells else None
    if marked == row:
        return
    selected = [] if row is None else [[row, "id"]]
    widget_state.put(key, {"selection": {"rows": [], "columns": [], "cells": selected}})


def gain_column(rows: pd.DataFrame) -> dict:
    """A column that cuts no digit of its largest gain off."""
    largest = rows["gain"].max() if "gain" in rows else 0.0
    more = len(f"{largest:.4f}") - USUAL_GAIN
    return st.column_config.NumberColumn(
        "Gain",
        help="Marginal gain at its turn.",
        format="%.4f",
        width=NUMBER_WIDTH + CHARACTER * max(more, 0),
    )


def id_column(run: Run, indices: np.ndarray) -> dict:
    """A column as wide as its longest id."""
    longest = max(len(run.pool[index].id) for index in indices.tolist())
    return st.column_config.TextColumn("Id", width=min(CHARACTER * longest + PADDING, WIDEST))


def table_rows(run: Run, indices: np.ndarray, group_field: str | None) -> pd.DataFrame:
    """Numbers and lines of these examples; whole texts stay on the server."""
    columns = choice_columns(indices)
    examples = [run.pool[index] for index in indices.tolist()]
    columns["id"] = [example.id for example in examples]
    if group_field:
        taken = group_field in {*COLUMNS, "gain", "id"}
        title = f"{group_field} (field)" if taken else group_field
        columns[title] = [group_name(example.extra.get(group_field)) for example in examples]
    alone = run.alone("pool")
    if alone:
        columns["tokens"] = alone.response_tokens[indices]
    learned = cached_validation.learned(run)
    if learned is not None:
        states = learned.states()
        columns["tuning"] = [states[index] or "" for index in indices.tolist()]
    columns["prompt"] = prompt_lines(run, indices.tolist())
    columns["response"] = [response_line(run, index) for index in indices.tolist()]
    return pd.DataFrame(columns)


def choice_columns(indices: np.ndarray) -> dict:
    """Rank and gain of these examples; empty cells for those that were not chosen."""
    chosen = current.chosen()
    if chosen is None:
        return {}
    ranks = chosen.ranks[indices].tolist()  # 0 where not chosen
    gains = chosen.selection.gains
    return {
        "rank": pd.array([rank or None for rank in ranks], dtype="Int64"),
        "gain": [gains[rank - 1] if rank else None for rank in ranks],
    }


def open_clicked(run: Run, key: str, shown: np.ndarray, opened: int | None) -> None:
    """Open the example of the cell that was clicked; one that is open already stays as it is."""
    cells = widget_state.selection(key)["cells"]
    if not cells or not 0 <= cells[0][0] < len(shown):
        return
    index = int(shown[cells[0][0]])
    if index != opened:
        address.put(example=run.pool[index].id)
