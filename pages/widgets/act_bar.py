"""What can be done with many examples at once: list them, judge them, take them away, let go of
them.
"""

import tempfile
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.errors import DeliftError
from delift_core.export.subset import export_rows
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.server.navigation import go
from pages.session import state
from pages.session.verdicts import judge
from pages.widgets.literal import literal

NOTHING = np.empty(0, dtype=np.int64)
FILE = "enclosed.jsonl"


def enclosed() -> np.ndarray:
    """(examples,) indices of what was drawn around on a map."""
    return state.held("enclosed", NOTHING)


def act_bar(run: Run, chosen: Outcome, indices: np.ndarray) -> None:
    """How many examples were drawn around, how many of them are chosen, and what to do with them."""
    inside = int((chosen.ranks[indices] > 0).sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{len(indices):,} examples, {inside:,} chosen**", width="content")
        if st.button(
            "Open in table",
            icon=":material/table_rows:",
            help="List them on the Examples page, to be sorted and filtered.",
        ):
            st.session_state["tab"] = "Enclosed"
            go("inspect/examples")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.button(
            "Keep all", icon=":material/check:", on_click=judge_all, args=(run, indices, "keep")
        )
        st.button(
            "Drop all", icon=":material/close:", on_click=judge_all, args=(run, indices, "drop")
        )
        st.download_button(
            "Export",
            lambda: rows_file(run, indices),
            FILE,
            on_click="ignore",
            icon=":material/download:",
            help="Download their original rows as JSONL.",
        )
        st.button("Clear", on_click=clear, type="tertiary")


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


def clear() -> None:
    """Let go of what was drawn around, here and on the Examples page."""
    state.hold("enclosed", NOTHING)
    if st.session_state.get("tab") == "Enclosed":
        st.session_state["tab"] = "All"
