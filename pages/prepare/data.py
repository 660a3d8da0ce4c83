"""Data: the pool, a target and known examples, how each was understood, and its problems."""

from pathlib import Path

import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.recognition import NAME_THEM
from delift_core.jobs import jobs
from delift_core.jobs.status import State
from delift_core.scoring.kernel_names import HELD_OUT, role_name
from delift_core.workflow.run_notes import unwritable_notes
from pages.prepare.data_held_out import set_aside_note, share_controls, takes_share
from pages.prepare.data_mapping import mapping_form
from pages.prepare.data_sources import (
    default_limit,
    read_arguments,
    source_controls,
    start_reading,
)
from pages.prepare.data_view import dataset_view
from pages.server.navigation import go
from pages.session import address, current
from pages.widgets.job_panel import job_panel
from pages.widgets.literal import literal

ROLE_CAPTIONS = {
    "pool": "The examples to choose from.",
    "target": "Examples of the task the model should become good at. Optional.",
    "known": "Examples the model was already trained on. Optional.",
    HELD_OUT: "Examples that are never chosen from: they measure what was chosen. Optional.",
}
DUPLICATES = {"collapse": "Merge duplicates", "keep": "Keep duplicates"}


def load_controls(role: str) -> None:
    """A source, the options of reading it, and the button that starts it."""
    source = source_controls(role)
    options = read_options(role)
    if st.button("Import", type="primary", disabled=source is None, icon=":material/play_arrow:"):
        start_reading(role, {**source, **options})
        st.rerun()


def read_options(role: str) -> dict:
    """Row cap, seed and near-duplicates: what is read of a source."""
    limit = default_limit()
    with st.container(horizontal=True):
        most = st.number_input(
            "Maximum rows",
            1,
            None,
            limit,
            key=f"{role} limit",
            width=160,
            help=(
                "Of a larger source, so many rows are drawn by chance with the seed. Offered is"
                " what this machine scores in a night with 64 pairs an example."
            ),
        )
        seed = st.number_input(
            "Seed",
            0,
            None,
            0,
            key=f"{role} seed",
            width=120,
            help="The same seed draws the same rows.",
        )
        duplicates = st.segmented_control(
            "Duplicates and near-duplicates",
            list(DUPLICATES),
            default="collapse",
            key=f"{role} duplicates",
            required=True,
            format_func=DUPLICATES.get,
            help="Merged, one example stands for all that are the same or nearly.",
        )
    st.caption(
        f":material/content_cut: Of a source with more than {int(most):,} rows, {int(most):,} are"
        " drawn and the rest is left out."
    )
    return {"limit": int(most), "seed": int(seed), "near_duplicates": duplicates}


def job_folder(role: str) -> Path | None:
    """The folder of the job that reads the examples of a role; None for those of an opened run."""
    name = address.get(role)
    if not name or name == address.NONE:
        return None
    return current.workspace() / name


def reading(role: str, folder: Path) -> None:
    """The job that reads, and where it did not finish, the button or form that reads again."""
    status = job_panel(folder, "Reading", "rows", advice_on_page)
    if status is None:
        return
    stopped = status.state in (State.INTERRUPTED, State.CANCELLED)
    if stopped and st.button("Import again", type="primary"):
        start_reading(role, read_arguments(folder))
        st.rerun()
    if status.state is State.FAILED:
        result = jobs.result(folder)
        if result:
            mapping_form(role, folder, result)


def advice_on_page(refusal: str) -> str:
    """The sentence of a refusal whose advice names the form below it."""
    return refusal.replace(NAME_THEM, "Say below which is which.")


def unwritable_rows(role: str) -> None:
    """The rows of a role that the template of the opened run cannot write."""
    run = current.run()
    if run is None or current.is_changed():
        return
    for note in unwritable_notes(run, run.possible):
        if note.record.get("role") == role:
            st.warning(literal(note.sentence), icon=":material/warning:")


def next_buttons(role: str) -> None:
    """Leave an optional role out, or go on to the model."""
    if role != "pool":
        leave_out_button(role)
    if st.button(
        "Choose a model",
        icon=":material/arrow_forward:",
        type="primary",
        disabled=not current.dataset("pool"),
    ):
        go("prepare/model")


def leave_out_button(role: str) -> None:
    """Go on without an optional role; held-out examples that a run has stay attached to it."""
    is_attached = role == HELD_OUT and not (address.get(HELD_OUT) or address.get("hold_out"))
    if is_attached or not st.button(
        "Leave it out",
        icon=":material/remove:",
        help=f"Go on without {role_name(role)} examples.",
    ):
        return
    if role == HELD_OUT:
        address.forget(HELD_OUT, *address.HOLD_OUT_FIELDS)
    else:
        address.put(**{role: address.NONE})
    st.rerun()


def loading(role: str, folder: Path | None) -> None:
    """Where the examples of a role come from, and the job that reads them."""
    with st.expander(
        "Load examples", expanded=current.dataset(role) is None, icon=":material/upload_file:"
    ):
        load_controls(role)
    if folder:
        reading(role, folder)


def examples_of(role: str) -> Dataset | None:
    """The examples of a role; held-out ones without what pool or target repeats."""
    if role == HELD_OUT:
        return current.datasets().get(HELD_OUT)
    return current.dataset(role)


st.title("Data")
with st.container(horizontal=True, vertical_alignment="center"):
    role = st.segmented_control(
        "Role",
        list(ROLE_CAPTIONS),
        default="pool",
        key="role",
        required=True,
        format_func=lambda role: role_name(role).capitalize(),
        label_visibility="collapsed",
    )
    st.caption(ROLE_CAPTIONS[role])
    if examples_of(role) is not None:
        next_buttons(role)
folder = job_folder(role)
if role == HELD_OUT and takes_share():
    share_controls()
else:
    loading(role, folder)
dataset = examples_of(role)
if dataset is not None:
    if role == "pool":
        set_aside_note()
    unwritable_rows(role)
    dataset_view(role, dataset, folder)
