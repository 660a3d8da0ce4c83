"""Model: which one scores. It can be used at once; a check and a test of one pair are offered."""

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.requests import DescribeModelRequest
from delift_core.jobs.status import Status
from delift_core.runs.store import create_run
from delift_core.units import size
from delift_core.wording import reading_line
from pages.prepare.model_controls import model_controls
from pages.prepare.model_test import pair_view, trial_request
from pages.server.navigation import go
from pages.session import current, widget_state
from pages.widgets.job_panel import is_active, job_panel, result_of
from pages.widgets.literal import literal
from pages.widgets.scoring import needed_kernels, predict_ahead

WANTED = "model to be used"  # the folder of the job after which it is


def act_buttons(model: dict) -> None:
    """Use the model, or check first what it is and needs."""
    with st.container(horizontal=True):
        if not current.dataset("pool"):
            if st.button("Load data", type="primary", icon=":material/upload_file:"):
                go("prepare/data")
        elif st.button(
            "Use this model",
            type="primary",
            icon=":material/check:",
            help="Loads it, scores one pair to see that it works, and goes on to Scoring.",
        ):
            request = trial_request(model)
            widget_state.put(WANTED, request.folder)
            if result_of(request.folder, jobs.status(request.folder)) is None:
                jobs.start(request)
            st.rerun()
        check_button(model)


def check_button(model: dict) -> None:
    """Find out what the model is and needs; nothing of its weights is read."""
    request = description_request(model)
    if st.button(
        "Check model",
        icon=":material/search:",
        disabled=is_active(jobs.status(request.folder)),
        help="Its size, and the memory it needs against what is free. Takes a few seconds.",
    ):
        jobs.start(request)
        st.rerun()


def description_request(model: dict) -> DescribeModelRequest:
    """What finds out about the model."""
    return DescribeModelRequest(**model, workspace=current.workspace())


def description(model: dict) -> None:
    """What the model is and needs, once it was checked."""
    request = description_request(model)
    status = job_panel(request.folder, "Checking the model", "steps")
    described = result_of(request.folder, status)
    if described is not None:
        description_metrics(described)
        reading_note(described)


def description_metrics(model: dict) -> None:
    """Parameters, context length, memory needed against memory free."""
    with st.container(horizontal=True):
        st.metric("Parameters", f"{model['parameters'] / 1e6:,.0f} M", help="Weights, in millions.")
        st.metric(
            "Context length",
            f"{model['context']:,} tokens",
            help="The longest prompt with its response that it reads.",
        )
        st.metric("Memory needed", size(model["memory"]), help="While it scores.")
        st.metric("Memory free", size(model["free"]), help=f"On the {model['device']} right now.")
        st.metric("Device", model["device"], help="Where it would run.")
    if model["memory"] > model["free"]:
        st.warning(
            "It needs more memory than is free. Close something, choose a smaller model, a shorter"
            " context length or another device.",
            icon=":material/memory_alt:",
        )


def reading_note(described: dict) -> None:
    """That the model is not read in packs, where it is not."""
    sentence = reading_line(described.get("obstacle", ""))
    if sentence:
        st.info(literal(sentence), icon=":material/speed:")


def use_when_ready(model: dict, status: Status | None) -> None:
    """Make a run of the data and the model that was asked to be used, once it is loaded."""
    if is_active(status):
        return
    folder = trial_request(model).folder
    if widget_state.take(WANTED) != folder:
        return
    tested = result_of(folder, status)
    if tested is None:
        return
    data = current.datasets()
    run = create_run(current.workspace(), data, tested["record"], tested["template"])
    current.open_run(run.id)
    predict_ahead(run, needed_kernels(run))
    go("prepare/scoring")


st.title("Model")
st.caption(
    "Utilities are relative to this model: score with the one you will tune, or with a small"
    " relative of it to get a first picture."
)
choice, test = st.columns([2, 3], gap="large")
with choice:
    model = model_controls()
    act_buttons(model)
    status = job_panel(trial_request(model).folder, "Testing a pair", "steps")
    use_when_ready(model, status)
    description(model)
with test:
    pair_view(model, status)
