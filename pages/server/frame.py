"""The frame around every page: the log-in, navigation, the run card, and the page."""

from pathlib import Path

import streamlit as st

from pages.server.history import keep_history
from pages.server.login import admit, login_card
from pages.server.navigation import navigation
from pages.server.run_card import run_card
from pages.server.tab_title import name_tab
from pages.session import address, widget_state
from pages.widgets.refusals import show_refusals

st.set_page_config(
    page_title="DELIFT", page_icon=Path(__file__).with_name("icon.png"), layout="wide"
)
st.html(Path(__file__).with_name("narrow.css"))
admit()
address.read_address()
page = navigation(is_run_open=address.get("run") is not None)
widget_state.enter(page.url_path)
try:
    login_card()
    run_card(page)
    keep_history()
    name_tab(page)
    address.write_address()  # after st.stop in a page nothing can be written any more
    with show_refusals():
        page.run()
finally:
    address.write_address()
