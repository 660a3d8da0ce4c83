"""What the browser's tab is called: the page, the run, the product."""

from contextlib import suppress

import streamlit as st

from delift_core.errors import DeliftError
from pages.session import current


def name_tab(page: st.Page) -> None:
    """Call the tab "Map - demo - DELIFT"; without a run, or with a broken one, "Start - DELIFT"."""
    names = [page.title]
    with suppress(DeliftError):
        run = current.run()
        if run is not None:
            names.append(current.run_title(run))
    st.set_page_config(page_title=" - ".join([*names, "DELIFT"]))
