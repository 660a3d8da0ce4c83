"""A table of examples, a hundred to a page; a click on a cell opens the example in the panel that all pages share."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from pages.shared import state
from pages.shared.literal import first_line

PAGE = 100
COLUMNS = {
    "rank": st.column_config.NumberColumn("Rank", help="Turn of choice; empty where an example was not chosen.", width="small"),
    "gain": st.column_config.NumberColumn("Gain", help="Marginal gain at its turn.", format="%.4f", width="small"),
    "id": st.column_config.TextColumn("Id", width="small"),
    "tokens": st.column_config.NumberColumn("Tokens", help="Tokens of the response that are scored.", width="small"),
    "prompt": st.column_config.TextColumn("Prompt", width="large"),
    "response": st.column_config.TextColumn("Response", width="medium"),
}


def example_table(indices: Sequence[int], name: str, group: str | None = None) -> None:
    """Examples of the pool in the order given. name: of this table, among those of the page; group: a field to show as well."""
    indices = np.asarray(indices, dtype=np.int64)                                 # (examples,)
    if not len(indices):
        st.caption("No examples here.")
        return
    pages = -(-len(indices) // PAGE)
    page = st.pagination(pages, key=f"page of {name}") if pages > 1 else 1
    shown = indices[(page - 1) * PAGE:page * PAGE]
    place = f"table of {name}"
    st.dataframe(frame(shown, group), key=place, hide_index=True, selection_mode="single-cell", on_select=lambda: pick(place, shown),
                 column_config=COLUMNS, placeholder="", alt=f"Examples: {name}", height=min(35 * len(shown) + 38, 430))


def frame(indices: np.ndarray, group: str | None) -> pd.DataFrame:
    """What the table says of these examples: scalars and first lines only, whole texts stay on the server."""
    run, chosen = state.run(), state.chosen()
    alone = run.alone("pool")
    examples = [run.pool[index] for index in indices.tolist()]
    columns = {}
    if chosen:
        ranks = chosen.ranks[indices]                                             # (examples,) 0 where not chosen
        columns = {"rank": pd.array([rank or None for rank in ranks.tolist()], dtype="Int64"),
                   "gain": [chosen.selection.gains[rank - 1] if rank else None for rank in ranks.tolist()]}
    columns["id"] = [example.id for example in examples]
    if group:
        columns[group] = [str(example.extra.get(group, "")) for example in examples]
    if alone:
        columns["tokens"] = alone.response_tokens[indices]
    return pd.DataFrame(columns | {"prompt": [first_line(example.prompt) for example in examples],
                                   "response": [first_line(example.response) for example in examples]})


def pick(place: str, shown: np.ndarray) -> None:
    """Open the example of the cell that was clicked."""
    if cells := state.selection(place)["cells"]:
        row = cells[0][0]
        if 0 <= row < len(shown):
            state.put(example=state.run().pool[int(shown[row])].id)
