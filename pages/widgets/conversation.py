"""The turns of an example, character by character."""

import re

import streamlit as st

from delift_core.data.example import Example

# lines set in by four spaces or a tab, and fences
CODE = re.compile(r"^(?: {4}|\t)|```", re.MULTILINE)


def conversation_view(example: Example) -> None:
    """Every turn of the prompt, and the response."""
    for turn in example.turns:
        st.caption(turn.role)
        text_view(turn.content)
    st.caption("assistant (the response)")
    text_view(example.response)


def text_view(text: str) -> None:
    """A text of the data, in the font of code where it holds code."""
    if CODE.search(text):
        st.code(text, language=None, wrap_lines=True)
    else:
        st.text(text)
