"""What the last change on the page did: what was asked for otherwise, what came in, what went."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.choice import Choice
from delift_core.selection.greedy import Selection
from delift_core.selection.outcome import Outcome
from delift_core.workflow.changes import arrivals, departures, requested_changes
from delift_core.workflow.reselect import change
from pages.session import address, current
from pages.widgets.changed_examples import came_in, went_out
from pages.widgets.literal import literal

NOW, BEFORE = "choice of now", "choice before"


def changes_panel(run: Run, chosen: Outcome) -> None:
    """Two lists with their reasons, worked out when they are opened."""
    before = choice_before(chosen)
    if before is None:
        return
    choice, selection = before
    difference = change(selection, chosen.selection)
    panel = st.expander(
        f"What changed: {len(difference.came):,} added, {len(difference.went):,} removed",
        icon=":material/difference:",
        key="what changed",
        on_change="rerun",
    )
    if panel.open:
        with panel:
            undo_bar(choice, chosen.choice)
            came, went = st.columns(2, gap="medium")
            with came:
                came_in(run, list(arrivals(selection, chosen)))
            with went:
                went_out(run, departures(run, selection, chosen))


def undo_bar(before: Choice, now: Choice) -> None:
    """What is asked for otherwise, and the button that takes it back."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal("; ".join(requested_changes(before, now))), width="content")
        st.button(
            "Undo this change",
            icon=":material/undo:",
            on_click=lambda: address.put(**vars(before)),
        )


def choice_before(chosen: Outcome) -> tuple[Choice, Selection] | None:
    """The choice before the last change of this run, and its selection; None before any."""
    now = current.recall(NOW)
    if now is None or now[0] != chosen.choice:
        current.remember(BEFORE, now)
        current.remember(NOW, (chosen.choice, chosen.selection))
    return current.recall(BEFORE)
