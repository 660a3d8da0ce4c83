"""What the map is coloured by: a field of the rows, or something the engine knows of every example."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from delift_core.data.text import is_single, json_text
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.session import cache, state

ENGINE = {
    "response tokens": lambda run, chosen: run.alone("pool").response_tokens,
    "distance alone": lambda run, chosen: run.alone("pool").distance,
    "row budget at which it enters": lambda run, chosen: np.where(
        chosen.order.ranks > 0, chosen.order.ranks, np.nan
    ),
}


def colour_control(run: Run) -> None:
    """Pick a column; the address keeps it."""
    offered = [*cache.colour_fields(run), *ENGINE]
    if state.get("colour") not in offered:
        state.forget("colour")
    state.bound(
        st.selectbox,
        "Colour by",
        "colour",
        offered,
        index=None,
        placeholder="chosen or not",
        width=180,
    )


def colours_of(run: Run, chosen: Outcome) -> Sequence | None:
    """(pool,) labels or numbers; None for chosen or not."""
    if (name := state.get("colour")) is None:
        return None
    if name in cache.fields(run):
        values = [example.extra.get(name) for example in run.pool]
        return [value if is_single(value) else json_text(value) for value in values]
    return ENGINE[name](run, chosen)
