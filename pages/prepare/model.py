"""Model: which one scores, whether it fits, and one live pair to see that it works."""

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.status import State
from delift_core.runs.store import create_run
from delift_core.units import size
from pages.prepare.model_controls import model_controls
from pages.server.navigation import go
from pages.session import state
from pages.widgets.job_panel import job_panel
from pages.widgets.scoring import predict_ahead


def describe(model: dict) -> dict | None:
    """What the model is and needs, before a weight of it is loaded."""
    folder = jobs.model_job(state.workspace(), "describe", model)
    status = job_panel(folder, "Looking at the model", "steps")
    found = jobs.result(folder) if status and status.state is State.DONE else None
    if (
        found is None
        and not (status and status.active)
        and st.button("Look at the model", type="primary", icon=":material/search:")
    ):
        jobs.start(folder, "describe", model)
        st.rerun()
    return found


def needs(found: dict) -> None:
    """Parameters, window, memory needed against memory free."""
    with st.container(horizontal=True):
        st.metric("Parameters", f"{found['parameters'] / 1e6:,.0f} M")
        st.metric("Window", f"{found['context']:,} tokens")
        st.metric("Memory needed", size(found["memory"]))
        st.metric("Memory free", size(found["free"]))
        st.metric("Device", found["device"])
    if found["memory"] > found["free"]:
        st.warning(
            "It needs more memory than is free. Close something, choose a smaller model, a shorter"
            " window or another device.",
            icon=":material/memory_alt:",
        )


def trial(model: dict) -> dict | None:
    """One pair, scored live by the code that will score them all."""
    pool = state.dataset("pool")
    place = str(state.dataset_folder("pool")) if pool else None
    arguments = {
        **model,
        "device": state.get("device"),
        "template": state.get("template"),
        "dataset": place,
        "answered": 0,
        "shown": 1 if pool is None or len(pool) > 1 else 0,
        "workspace": str(state.workspace()),
    }
    folder = jobs.model_job(state.workspace(), "try", arguments)
    status = job_panel(folder, "Trying one pair", "steps")
    found = jobs.result(folder) if status and status.state is State.DONE else None
    if not (status and status.active) and st.button(
        "Try one pair" if found is None else "Try it again",
        icon=":material/bolt:",
        type="primary" if found is None else "secondary",
    ):
        jobs.start(folder, "try", arguments)
        st.rerun()
    return found


def tried(found: dict) -> None:
    """The numbers of the pair, and the exact text the model was given."""
    direction = "helps" if found["utility"] > 0 else "does not help"
    st.write(
        f"Showing the example {direction}: the distance of the answer goes from"
        f" {found['alone']['distance']:.4f} to {found['shown']['distance']:.4f}, a utility of"
        f" **{found['utility']:+.4f}** (information {found['pmi']:+.4f})."
    )
    alone, shown = st.columns(2, border=True)
    for column, title, side in (
        (alone, "Prompt without the example", "alone"),
        (shown, "Prompt with the example", "shown"),
    ):
        with column:
            st.caption(title)
            st.code(found[side]["prompt"], language=None, wrap_lines=True)
    st.caption(f"Scored are these {found['response_tokens']} tokens")
    st.code(found["alone"]["response"], language=None, wrap_lines=True)


st.title("Model")
st.caption(
    "The utility is relative to this model: score with the one you will tune, or with a small"
    " relative of it to get a first picture."
)
model = model_controls()
if found := describe(model):
    needs(found)
    if pair := trial(model):
        tried(pair)
        if not state.dataset("pool"):
            st.info("The model works. Load a pool to score it.", icon=":material/info:")
            if st.button("Load data", type="primary"):
                go("prepare/data")
        elif st.button("Use this model", type="primary", icon=":material/check:"):
            data = {role: dataset for role in state.ROLES if (dataset := state.dataset(role))}
            run = create_run(state.workspace(), data, pair["record"], pair["template"])
            state.open_run(run.id)
            predict_ahead(run)
            go("prepare/utilities")
