"""What a page needs before it can show anything.

Where that is missing the page says so in a sentence, with the button that leads there, and stops.
"""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.session import address, cache, current


def stop_page(title: str, sentence: str, button: str, to: str) -> None:
    """An empty page that says what would fill it, and leads to the page where that is made."""
    st.title(title)
    st.info(sentence, icon=":material/info:")
    if st.button(button, type="primary", icon=":material/arrow_forward:"):
        go(to)
    st.stop()


def need_run(title: str) -> Run:
    """A run, scored or not."""
    run = current.run()
    if run is not None:
        return run
    if address.get("pool"):
        sentence = "The pool is loaded; now choose the model that scores it."
        stop_page(title, sentence, "Choose a model", "prepare/model")
    sentence = "No run is open: open the demo, load data of your own, or open a run made before."
    stop_page(title, sentence, "Go to Start", "prepare/start")


def need_scores(title: str) -> Run:
    """A run of which at least one objective can be chosen."""
    run = need_run(title)
    if not cache.scored_objectives(run):
        sentence = "The pairs of this run are not scored yet, so there is nothing to choose from."
        stop_page(title, sentence, "Go to Scoring", "prepare/scoring")
    return run


def need_choice(title: str) -> tuple[Run, Outcome]:
    """A run and what the current choice selects in it."""
    run = need_scores(title)
    chosen = current.chosen()
    if chosen is None:
        sentence = "The goal asked for needs a score matrix that is not scored yet."
        stop_page(title, sentence, "Choose another objective", "choose/subset")
    return run, chosen
