"""The turns of an example, character by character."""

import streamlit as st

from delift_core.data.example import Example


def conversation_view(example: Example) -> None:
    """Every turn of the prompt, and the response."""
    for turn in example.turns:
        st.caption(turn.role)
        st.code(turn.content, language=None, wrap_lines=True)
    st.caption("assistant (the response)")
    st.code(example.response, language=None, wrap_lines=True)
