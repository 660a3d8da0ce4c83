"""Finding examples by what they say."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from pages.session import cached_analysis, widget_state


def search_control(
    run: Run, key: str = "search", on_typed: Callable[[bool], None] | None = None
) -> np.ndarray | None:
    """(matches,) indices of the examples that hold every word typed; None while nothing is typed.

    on_typed: called with whether anything is typed, when that changes.
    """

    def notify() -> None:
        if on_typed:
            on_typed(bool(widget_state.value(key).split()))

    typed = st.text_input(
        "Search",
        key=key,
        placeholder="words of prompt or response",
        persist_state="session",
        width=280,
        on_change=notify,
    )
    terms = typed.casefold().split()
    if not terms:
        return None
    texts = cached_analysis.searchable_texts(run)
    matches = [index for index, text in enumerate(texts) if all(term in text for term in terms)]
    return np.array(matches, dtype=np.int64)
