"""Which of the two themes a person sees."""

import streamlit as st

from delift_core.charts.palette import DARK, LIGHT, Palette


def is_dark() -> bool:
    """Whether the page is drawn in the dark theme."""
    return st.context.theme.type == "dark"


def palette() -> Palette:
    """Colours of the figures on the page's background."""
    return DARK if is_dark() else LIGHT
