"""What the map is coloured by: a field of the rows, or what the engine knows of every example."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from delift_core.data.text import is_single, json_text
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from delift_core.validation.learned import Learned
from pages.session import address, cached_fields, cached_validation, widget_state


def entry_budget(run: Run, chosen: Outcome) -> np.ndarray:
    """(pool,) the row budget at which each enters; NaN for those that never do."""
    entries = chosen.order.ranks
    return np.where(entries > 0, entries, np.nan)


ENGINE_COLOURS: Mapping[str, Callable[[Run, Outcome], np.ndarray]] = {
    "response tokens": lambda run, chosen: run.alone("pool").response_tokens,
    "distance alone": lambda run, chosen: run.alone("pool").distance,
    "row budget at which it enters": entry_budget,
}

# where a validation of the run is finished
LEARNED_COLOURS: Mapping[str, Callable[[Learned], Sequence | np.ndarray]] = {
    "what tuning did": lambda learned: [state or "no response" for state in learned.states()],
    "loss before tuning": lambda learned: learned.before,
    "loss after tuning": lambda learned: learned.after,
}


def offered_colours(run: Run) -> list[str]:
    """Everything that the map can be coloured by."""
    names = [*cached_fields.colour_fields(run), *ENGINE_COLOURS]
    if cached_validation.learned(run) is not None:
        names += LEARNED_COLOURS
    return names


def colour_control(run: Run) -> None:
    """Pick a column; the address keeps it."""
    offered = offered_colours(run)
    if address.get("colour") not in offered:
        address.forget("colour")
    widget_state.bound(
        st.selectbox,
        "Colour by",
        "colour",
        offered,
        index=None,
        placeholder="chosen or not",
        width=180,
    )


def colours_of(run: Run, chosen: Outcome) -> Sequence | np.ndarray | None:
    """(pool,) labels or numbers; None for chosen or not."""
    name = address.get("colour")
    if name is None:
        return None
    if name in ENGINE_COLOURS and name not in cached_fields.fields(run):
        return ENGINE_COLOURS[name](run, chosen)
    learned = cached_validation.learned(run)
    if name in LEARNED_COLOURS and name not in cached_fields.fields(run) and learned is not None:
        return LEARNED_COLOURS[name](learned)
    values = [example.extra.get(name) for example in run.pool]
    return [value if is_single(value) else json_text(value) for value in values]
