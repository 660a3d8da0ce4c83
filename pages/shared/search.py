"""Finding examples by what they say."""

import numpy as np
import streamlit as st

from delift_core.runs.store import Run
from pages.shared import drawn


def search_control(run: Run, key: str = "search") -> np.ndarray | None:
    """Indices of the examples that hold every word typed, in any case; None while nothing is typed."""
    words = st.text_input("Search", key=key, placeholder="words of prompt or response", persist_state="session", width=280).casefold().split()
    if not words:
        return None
    texts = drawn.texts(run)
    return np.array([index for index, text in enumerate(texts) if all(word in text for word in words)], dtype=np.int64)   # (found,)
