"""A table of examples, a hundred to a page; a click on a cell opens the example in the panel that
all pages share, and so do two keys.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.session import cache, state
from pages.widgets.previews import prompt_line, response_line

PAGE = 100
# free beside Streamlit's own R and C and the keys of the Audit page
KEYS = {"Previous": ("J", -1), "Next": ("L", 1)}
CHARACTER, PADDING, WIDEST = 8, 22, 220  # pixels of the column of ids
PROMPT = 280  # pixels: the response begins beside it
COLUMNS = {
    "rank": st.column_config.NumberColumn(
        "Rank", help="Turn of choice; empty where an example was not chosen.", width="small"
    ),
    "gain": st.column_config.NumberColumn(
        "Gain", help="Marginal gain at its turn.", format="%.4f", width="small"
    ),
    "tokens": st.column_config.NumberColumn(
        "Tokens", help="Tokens of the response that are scored.", width="small"
    ),
    "prompt": st.column_config.TextColumn("Prompt", width=PROMPT),
    "response": st.column_config.TextColumn("Response", width="medium"),
}


def example_table(indices: Sequence[int], name: str, group: str | None = None) -> None:
    """Examples of the pool in the order given.

    name: of this table, among those of the page; group: a field to show as well.
    """
    indices = np.asarray(indices, dtype=np.int64)  # (examples,)
    if not len(indices):
        st.caption("No examples here.")
        return
    pages = -(-len(indices) // PAGE)
    at = position_in(indices)
    steps(indices, name, at)
    page = page_of(name, pages)
    shown = indices[(page - 1) * PAGE : page * PAGE]
    place = f"table of {name}"
    mark(place, at - (page - 1) * PAGE if at is not None and at // PAGE == page - 1 else None)
    st.dataframe(
        frame(shown, group),
        key=place,
        hide_index=True,
        selection_mode="single-cell",
        on_select=lambda: pick(place, shown),
        column_config={**COLUMNS, "id": id_column(shown)},
        placeholder="",
        alt=f"Examples: {name}",
        height=min(35 * len(shown) + 38, 430),
    )
    if pages > 1:
        st.pagination(pages, default=min(turned(name)[1], pages), key=page_key(name))


def turned(name: str) -> tuple[int, int]:
    """How often a step turned the page of a list, and to which page; one control cannot be told
    another page, a new one can.
    """
    return st.session_state.get(f"turned {name}", (0, 1))


def page_key(name: str) -> str:
    return f"page of {name} {turned(name)[0]}"


def page_of(name: str, pages: int) -> int:
    """The page of the list, counted from 1: its control stands below the table."""
    return min(st.session_state.get(page_key(name), turned(name)[1]), pages)


def position_in(indices: np.ndarray) -> int | None:
    """Where the open example stands among them."""
    at = np.flatnonzero(indices == cache.position(state.run(), state.get("example")))  # (0 or 1,)
    return int(at[0]) if len(at) else None


def steps(indices: np.ndarray, name: str, at: int | None) -> None:
    """The buttons, and keys, that open the example before and the one after."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for label, (key, step) in KEYS.items():
            to = at + step if at is not None else 0
            st.button(
                label,
                key=f"{label} of {name}",
                shortcut=key,
                disabled=not 0 <= to < len(indices),
                on_click=step_to,
                args=(indices, name, to),
            )
        if at is not None:
            st.caption(f"{at + 1:,} of {len(indices):,}", width="content")


def step_to(indices: np.ndarray, name: str, to: int) -> None:
    """Open an example of the list, and turn to its page."""
    state.put(example=state.run().pool[int(indices[to])].id)
    page = to // PAGE + 1
    if page != page_of(name, -(-len(indices) // PAGE)):
        st.session_state[f"turned {name}"] = (turned(name)[0] + 1, page)


def mark(place: str, row: int | None) -> None:
    """Let the table select the row of the open example, however it was opened."""
    cells = st.session_state.get(place, {}).get("selection", {}).get("cells", [])
    if (cells[0][0] if cells else None) != row:
        st.session_state[place] = {
            "selection": {"rows": [], "columns": [], "cells": [] if row is None else [[row, "id"]]}
        }


def id_column(indices: np.ndarray) -> dict:
    """A column as wide as its longest id."""
    pool = state.run().pool
    longest = max(len(pool[index].id) for index in indices.tolist())
    return st.column_config.TextColumn("Id", width=min(CHARACTER * longest + PADDING, WIDEST))


def frame(indices: np.ndarray, group: str | None) -> pd.DataFrame:
    """What the table says of these examples: scalars and lines only, whole texts stay on the
    server.
    """
    run, chosen = state.run(), state.chosen()
    alone = run.alone("pool")
    examples = [run.pool[index] for index in indices.tolist()]
    columns = {}
    if chosen:
        ranks = chosen.ranks[indices]  # (examples,) 0 where not chosen
        columns = {
            "rank": pd.array([rank or None for rank in ranks.tolist()], dtype="Int64"),
            "gain": [chosen.selection.gains[rank - 1] if rank else None for rank in ranks.tolist()],
        }
    columns["id"] = [example.id for example in examples]
    if group:
        columns[group if group not in {*COLUMNS, "id"} else f"{group} (field)"] = [
            str(example.extra.get(group, "")) for example in examples
        ]
    if alone:
        columns["tokens"] = alone.response_tokens[indices]
    return pd.DataFrame(
        columns
        | {
            "prompt": [prompt_line(run, index) for index in indices.tolist()],
            "response": [response_line(run, index) for index in indices.tolist()],
        }
    )


def pick(place: str, shown: np.ndarray) -> None:
    """Open the example of the cell that was clicked."""
    if cells := state.selection(place)["cells"]:
        row = cells[0][0]
        if 0 <= row < len(shown):
            state.put(example=state.run().pool[int(shown[row])].id)
