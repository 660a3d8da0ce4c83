"""The drawer at the right: one example in full, over the overview, until it is closed."""

import streamlit as st

from delift_core.runs.run import Run
from pages.session import address, current, widget_state
from pages.widgets.example_panel import example_panel
from pages.widgets.refusals import show_refusals

IS_OPEN = "drawer of the overview"


def open_in_drawer(id: str) -> None:
    """Open an example; for callbacks."""
    address.put(example=id)
    current.remember(IS_OPEN, True)


def close_drawer() -> None:
    """The drawer was closed."""
    current.remember(IS_OPEN, False)


def drawer(run: Run) -> None:
    """The drawer while it is open: a button in it that draws the page anew leaves it open.

    Who left the page through it finds it closed.
    """
    if widget_state.came_anew():
        close_drawer()
    if current.recall(IS_OPEN):
        example_drawer(run)


@st.dialog("Example", width="medium", position="right", on_dismiss=close_drawer)
def example_drawer(run: Run) -> None:
    """The example that the address names. A part of the page that is drawn again by itself."""
    with show_refusals():
        example_panel(run)
    address.write_address()  # the frame, which does so else, is not drawn with it
