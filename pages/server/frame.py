"""The frame around every page: the log-in, navigation, the run card, and the page."""

from pathlib import Path

import streamlit as st

from pages.server.login import admit, whoever
from pages.server.navigation import navigation
from pages.server.run_card import run_card
from pages.session import state
from pages.widgets.refusals import refusals_told

st.set_page_config(
    page_title="DELIFT", page_icon=Path(__file__).with_name("icon.png"), layout="wide"
)
admit()
page = navigation()
try:
    state.read_address()
    whoever()
    run_card(page)
    state.write_address()  # after st.stop in a page nothing can be written any more
    with refusals_told():
        page.run()
finally:
    state.write_address()
