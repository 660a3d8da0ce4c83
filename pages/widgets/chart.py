"""A chart to look at: without a tool bar, and nothing can be selected in it."""

from typing import Any

import streamlit as st


def show_chart(figure: Any, height: int, alt: str) -> None:
    """A figure; alt: what it shows, in words, which no other chart of the page does."""
    st.plotly_chart(
        figure, key=alt, theme=None, height=height, config={"displayModeBar": False}, alt=alt
    )
