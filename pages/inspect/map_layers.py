"""What the map shows beside the pool on demand: examples of other roles, and near-duplicates."""

from collections.abc import Iterator, Mapping

import numpy as np
import streamlit as st

from delift_core.charts.layers import Layer
from delift_core.charts.maps import LINKS_MOST
from delift_core.runs.run import Run
from delift_core.scoring.kernel_names import HELD_OUT
from pages.session import address, cached_analysis, widget_state
from pages.widgets.previews import prompt_lines

ROLES: Mapping[str, str] = {"target": "Target", "known": "Known", HELD_OUT: "Held-out"}
LINKS = "links"
LAYERS_HELP = (
    "Examples of other roles stand among the five examples of the pool that are most similar by"
    " text. Near-duplicates are joined by lines"
)


def layer_control(run: Run) -> None:
    """Which of them are shown; the address keeps it. Nothing where a run has none of them."""
    offered = placed_roles(run)
    links = len(cached_analysis.duplicate_links(run))
    if links:
        offered.append(LINKS)
    if not offered:
        return
    widget_state.show("widget layers", [name for name in address.get("layers") if name in offered])
    st.pills(
        "Also show",
        offered,
        selection_mode="multi",
        key="widget layers",
        format_func=lambda name: ROLES.get(name, "Near-duplicates"),
        on_change=lambda: address.put(layers=tuple(widget_state.value("widget layers"))),
        help=f"{LAYERS_HELP}{links_note(links)}.",
        label_visibility="collapsed",
    )


def links_note(count: int) -> str:
    """How many of the near-duplicates are joined, where not all are."""
    return f", the first {LINKS_MOST:,} of {count:,}" if count > LINKS_MOST else ""


def shown_links(run: Run) -> np.ndarray | None:
    """(pairs, 2) near-duplicates to join; None while that is not wanted."""
    return cached_analysis.duplicate_links(run) if LINKS in address.get("layers") else None


def shown_layers(run: Run, name: str, points: np.ndarray) -> list[Layer]:
    """The examples of other roles on one map. points: (pool, 2)."""
    return [
        Layer(ROLES[role], cached_analysis.placed(run, role, name, points), list(texts(run, role)))
        for role in placed_roles(run)
        if role in address.get("layers")
    ]


def placed_roles(run: Run) -> list[str]:
    """The roles whose examples have embeddings, so that they have a place on the map."""
    return [role for role in ROLES if role in run.roles and run.alone(role) is not None]


def texts(run: Run, role: str) -> Iterator[str]:
    """What the pointer says of each example of a role."""
    positions = run.datasets[role].index_of
    for id, line in zip(positions, prompt_lines(run, positions.values(), role, 60), strict=True):
        yield f"{ROLES[role]} {id}: {line}"
