"""What the map is coloured by: groups of the rows, or what the engine knows of every example."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import streamlit as st

from delift_core.analysis.owners import NOBODY
from delift_core.data.text import is_single, json_text
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from delift_core.validation.learned import Learned
from pages.session import (
    cache,
    cached_analysis,
    cached_fields,
    cached_groups,
    cached_owners,
    cached_validation,
    widget_state,
)

Values = Sequence | np.ndarray
CHOSEN = "chosen or not"
COVERER = "covering example"
POOL_KERNEL = "pool_pool"


def entry_budget(run: Run, chosen: Outcome) -> np.ndarray:
    """(pool,) the row budget at which each enters; NaN for those that never do."""
    entries = chosen.order.ranks
    return np.where(entries > 0, entries, np.nan)


def gains(run: Run, chosen: Outcome) -> np.ndarray:
    """(pool,) the gain of each at its turn in the full order; NaN for those that never enter."""
    entries = chosen.order.ranks  # (pool,) 0 for never
    turns = np.append(np.nan, chosen.order.selection.gains)  # (entered + 1,)
    return turns[entries]


def coverers(run: Run, chosen: Outcome) -> list[str]:
    """(pool,) the id of the chosen example that covers each."""
    owners = cached_owners.pool_owners(run, chosen).tolist()
    return ["none" if owner == NOBODY else run.pool[owner].id for owner in owners]


ENGINE_COLOURS: Mapping[str, Callable[[Run, Outcome], Values]] = {
    "gain": gains,
    COVERER: coverers,
    "budget at which it enters": entry_budget,
    "response tokens": lambda run, chosen: run.alone("pool").response_tokens,
    "answer error alone": lambda run, chosen: run.alone("pool").distance,
}
# where a validation of the run is finished
LEARNED_COLOURS: Mapping[str, Callable[[Learned], Values]] = {
    "what tuning did": lambda learned: [state or "no response" for state in learned.states()],
    "loss before tuning": lambda learned: learned.before,
    "loss after tuning": lambda learned: learned.after,
}


def offered_colours(run: Run) -> list[str]:
    """Everything that the map can be coloured by; a field hides what has the same name."""
    names = [*cached_groups.offered(run), *cached_fields.colour_fields(run), CHOSEN]
    names += [
        name for name in ENGINE_COLOURS if name != COVERER or cache.is_complete(run, POOL_KERNEL)
    ]
    if cached_validation.learned(run) is not None:
        names += LEARNED_COLOURS
    return list(dict.fromkeys(names))


def colour_control(run: Run) -> str:
    """Pick what the colours say; by default groups, where there are any. The address keeps it."""
    offered, default = offered_colours(run), cached_groups.likely(run) or CHOSEN
    return widget_state.pick(
        st.selectbox,
        "Colour by",
        "colour",
        offered,
        default,
        width=190,
        help="A field, text clusters, or a number of each example: gain, rank, who covers it.",
    )


def field_value(run: Run, index: int, name: str) -> object:
    """A field of an example as a colour says it: what is no single value as JSON."""
    value = run.pool[index].extra.get(name)
    return value if is_single(value) else json_text(value)


def colours_of(run: Run, chosen: Outcome, name: str) -> Values | None:
    """(pool,) labels or numbers; None for chosen or not."""
    if name in cached_fields.fields(run):
        return cached_analysis.of_every_example(
            run, f"colour by {name}", lambda index: field_value(run, index, name)
        )
    learned = cached_validation.learned(run)
    if name in LEARNED_COLOURS and learned is not None:
        return LEARNED_COLOURS[name](learned)
    if name in ENGINE_COLOURS:
        return ENGINE_COLOURS[name](run, chosen)
    return None if name == CHOSEN else cached_groups.group_of(run, name)
