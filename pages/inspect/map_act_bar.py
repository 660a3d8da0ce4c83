"""What can be done with the examples drawn around on a map: list, judge, export, let go."""

import tempfile
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.errors import DeliftError
from delift_core.export.subset import export_rows
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.session import widget_state
from pages.session.verdicts import judge
from pages.widgets.enclosure import ENCLOSED_TAB, LIST_TAB, release
from pages.widgets.literal import literal

FILE = "enclosed.jsonl"


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
            widget_state.put(LIST_TAB, ENCLOSED_TAB)
            go("inspect/examples")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        judge_button(run, indices, "keep", "check")
        judge_button(run, indices, "drop", "close")
        st.download_button(
            "Export",
            lambda: rows_file(run, indices),
            FILE,
            on_click="ignore",
            icon=":material/download:",
            help="Download their original rows as JSONL.",
        )
        st.button("Clear", on_click=release, type="tertiary")


def judge_button(run: Run, indices: np.ndarray, verdict: str, icon: str) -> None:
    """Gives all of them one verdict."""
    st.button(
        f"{verdict.capitalize()} all",
        icon=f":material/{icon}:",
        on_click=judge_all,
        args=(run, indices, verdict),
    )


def judge_all(run: Run, indices: np.ndarray, verdict: str) -> None:
    """One verdict for all of them, which one undo takes back."""
    try:
        judge(run, indices, verdict)
    except DeliftError as refusal:
        st.toast(literal(str(refusal)), icon=":material/error:", duration="infinite")


def rows_file(run: Run, indices: np.ndarray) -> bytes:
    """Their rows in the shape they were loaded in."""
    with tempfile.TemporaryDirectory() as folder:
        examples = [run.pool[index] for index in indices.tolist()]
        return export_rows(examples, Path(folder) / FILE, source=run.pool.source).read_bytes()
