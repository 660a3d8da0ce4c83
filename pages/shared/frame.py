"""The frame around every page: the log-in, navigation, the run card, and the one place where a refusal of the engine becomes a sentence."""

from pathlib import Path

import streamlit as st

from delift_core.errors import DeliftError
from pages.shared import state
from pages.shared.literal import literal
from pages.shared.login import admit, whoever
from pages.shared.navigation import navigation
from pages.shared.run_card import run_card

st.set_page_config(page_title="DELIFT", page_icon=Path(__file__).with_name("icon.png"), layout="wide")
admit()
page = navigation()
try:
    state.read_address()
    run_card(page)
    whoever()
    page.run()
except DeliftError as refusal:
    st.error(literal(str(refusal)), icon=":material/error:")
finally:
    state.write_address()
