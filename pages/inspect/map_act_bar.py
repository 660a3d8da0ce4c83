"""What can be done with the map selection: list, judge, pin, exclude, export."""

import numpy as np
import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.session import address
from pages.widgets.example_acts import example_acts

FILE = "map_selection.jsonl"


def act_bar(run: Run, chosen: Outcome, indices: np.ndarray) -> None:
    """How many examples were drawn around, how many of them are chosen, and the buttons."""
    inside = int((chosen.ranks[indices] > 0).sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(indices):,} examples, {inside:,} chosen**", width="content")
        if st.button(
            "Open in table",
            icon=":material/table_rows:",
            help="List them on the Examples page, to be sorted and filtered.",
        ):
            address.put(list="all")
            go("inspect/examples")
        with st.popover("Act on all", icon=":material/checklist:"):
            example_acts(run, indices, FILE)
