"""The drawer at the right: one example in full, over the overview."""

import streamlit as st

from delift_core.runs.run import Run
from pages.session import address, widget_state
from pages.widgets.example_panel import example_panel
from pages.widgets.refusals import show_refusals

ASKED = "drawer of the overview"


def open_in_drawer(id: str) -> None:
    """Ask for an example; for callbacks."""
    address.put(example=id)
    widget_state.put(ASKED, True)


def drawer(run: Run) -> None:
    """The drawer, where one was asked for."""
    if widget_state.take(ASKED):
        example_drawer(run)


@st.dialog("Example", width="medium", position="right")
def example_drawer(run: Run) -> None:
    """The example that the address names. A part of the page that is drawn again by itself."""
    with show_refusals():
        example_panel(run)
