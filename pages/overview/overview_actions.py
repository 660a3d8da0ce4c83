"""What to take along: the export, and the report as one file."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.widgets.report_file import report_button


def actions(run: Run, chosen: Outcome) -> None:
    """The two buttons side by side."""
    with st.container(horizontal=True, gap="small", width="content"):
        if st.button("Export", icon=":material/download:"):
            go("deliver/export")
        report_button(run, chosen)
