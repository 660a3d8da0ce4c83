"""A chart to look at: without a tool bar, and nothing can be selected in it."""

from typing import Any

import streamlit as st


def show_chart(figure: Any, height: int, alt: str, key: str | None = None) -> None:
    """A figure; alt: what it shows, in words, which no other chart of the page does.

    key: what it is called where its words change with what it shows, so that it is drawn on.
    """
    st.plotly_chart(
        figure,
        key=key or alt,
        theme=None,
        height=height,
        config={"displayModeBar": False},
        alt=alt,
    )
