"""Data: the pool, a target, known examples; how each was understood, and everything that is wrong
with it.
"""

import streamlit as st

from delift_core.data.recognition import NAME_THEM
from delift_core.jobs import jobs
from delift_core.jobs.status import State
from pages.prepare.dataset_view import dataset_view, mapping_form
from pages.prepare.sources import asked_for, read, source_controls, usual_rows
from pages.server.navigation import go
from pages.session import state
from pages.widgets.job_panel import job_panel

WORDS = {
    "pool": "The examples to choose from.",
    "target": "Examples of the task the model should become good at. Optional.",
    "known": "Examples the model was already trained on. Optional.",
}


def options(role: str) -> dict:
    """Row cap, seed and near-duplicates: what is read of a source."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        limit = st.number_input(
            "Rows at most",
            1,
            None,
            usual_rows(),
            key=f"{role} limit",
            width=160,
            help=(
                "Pairs grow with the square of the rows. What is beyond is left out by a draw with"
                " the seed."
            ),
        )
        seed = st.number_input("Seed", 0, None, 0, key=f"{role} seed", width=120)
        duplicates = st.segmented_control(
            "Duplicates and near-duplicates",
            ["collapse", "keep"],
            default="collapse",
            key=f"{role} duplicates",
            required=True,
            format_func={"collapse": "One stands for all", "keep": "Keep them"}.get,
        )
    return {"limit": int(limit), "seed": int(seed), "near_duplicates": duplicates}


st.title("Data")
role = st.segmented_control(
    "Role", list(WORDS), default="pool", key="role", required=True, format_func=str.capitalize
)
st.caption(WORDS[role])
place = state.get(role)
folder = state.workspace() / place if place and place.startswith("datasets/") else None
with st.expander(
    "Load examples", expanded=state.dataset(role) is None, icon=":material/upload_file:"
):
    source = source_controls(role)
    asked = options(role)
    if st.button("Read", type="primary", disabled=source is None, icon=":material/play_arrow:"):
        read(role, {**source, **asked})
        st.rerun()
if folder:
    status = job_panel(
        folder,
        "Reading",
        "rows",
        lambda refusal: refusal.replace(NAME_THEM, "Say below which is which."),
    )
    if (
        status
        and status.state in (State.INTERRUPTED, State.CANCELLED)
        and st.button("Read again", type="primary")
    ):
        read(role, asked_for(folder))
        st.rerun()
    if status and status.state is State.FAILED and (seen := jobs.result(folder)):
        mapping_form(role, folder, seen)
if (dataset := state.dataset(role)) is not None:
    dataset_view(role, dataset, folder)
    with st.container(horizontal=True):
        if role != "pool" and st.button(
            "Leave it out", icon=":material/remove:", help=f"Go on without a {role} set."
        ):
            state.put(**{role: state.NONE})
            st.rerun()
        if st.button(
            "Choose a model",
            icon=":material/arrow_forward:",
            type="primary",
            disabled=not state.dataset("pool"),
        ):
            go("prepare/model")
