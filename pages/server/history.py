"""One step of the browser's history for each page, however often the address of a page changes."""

from pathlib import Path

import streamlit as st

_history = st.components.v2.component(
    "history", js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
)


def keep_history() -> None:
    """Let Back lead to the page before."""
    with st.sidebar:
        _history(key="history")
