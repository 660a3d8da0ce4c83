"""What a page needs before it can show anything: where that is missing, one sentence and the button
that leads there.
"""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.session import cache, state


def missing(title: str, sentence: str, button: str, place: str) -> None:
    """An empty page that says what would fill it, and leads there."""
    st.title(title)
    st.info(sentence, icon=":material/info:")
    if st.button(button, type="primary", icon=":material/arrow_forward:"):
        go(place)
    st.stop()


def need_run(title: str) -> Run:
    """A run, scored or not."""
    if (run := state.run()) is None:
        if state.get("pool"):
            missing(
                title,
                "The pool is loaded; now choose the model that scores it.",
                "Choose a model",
                "prepare/model",
            )
        missing(
            title,
            "No run is open: open the demo, load data of your own, or open a run made before.",
            "Go to Start",
            "prepare/start",
        )
    return run


def need_scores(title: str) -> Run:
    """A run of which at least one objective can be chosen."""
    run = need_run(title)
    if not cache.objectives(run):
        missing(
            title,
            "The utilities of this run are not scored yet, so there is nothing to choose from.",
            "Go to Utilities",
            "prepare/utilities",
        )
    return run


def need_choice(title: str) -> tuple[Run, Outcome]:
    """A run and what the current choice selects in it."""
    run = need_scores(title)
    if (chosen := state.chosen()) is None:
        missing(
            title,
            "The objective asked for needs utilities that are not scored yet.",
            "Choose another objective",
            "choose/subset",
        )
    return run, chosen
