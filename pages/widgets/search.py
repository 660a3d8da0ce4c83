"""Finding examples by what they say."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from pages.session import cached_analysis


def search_control(
    run: Run, key: str = "search", begun: Callable[[bool], None] = lambda typed: None
) -> np.ndarray | None:
    """Indices of the examples that hold every word typed, in any case; None while nothing is typed.

    begun: told whether other words were typed, or none.
    """
    words = (
        st.text_input(
            "Search",
            key=key,
            placeholder="words of prompt or response",
            persist_state="session",
            width=280,
            on_change=lambda: begun(bool(st.session_state[key].split())),
        )
        .casefold()
        .split()
    )
    if not words:
        return None
    texts = cached_analysis.texts(run)
    # (found,)
    return np.array(
        [index for index, text in enumerate(texts) if all(word in text for word in words)],
        dtype=np.int64,
    )
