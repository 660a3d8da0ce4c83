"""An example as it was said."""

import streamlit as st

from delift_core.data.example import Example


def conversation(example: Example) -> None:
    """Every turn as it is, character by character."""
    for turn in (*example.turns, None):
        role, content = (
            ("assistant", example.response) if turn is None else (turn.role, turn.content)
        )
        st.caption(f"{role}{' (the response)' if turn is None else ''}")
        st.code(content, language=None, wrap_lines=True)
