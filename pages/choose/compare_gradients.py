"""The gradients of a run's examples, which method gradients needs, as a job."""

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.requests import GradientsRequest
from delift_core.runs.gradient_work import is_complete
from delift_core.runs.gradients import GradientStore
from delift_core.runs.run import Run
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.wording import MEAN_GRADIENT
from pages.session import address, current
from pages.widgets.job_panel import is_active, job_panel

SETTINGS = GradientSettings()


def gradients_request(run: Run) -> GradientsRequest:
    """The job that computes them."""
    workspace = str(current.workspace())
    return GradientsRequest(str(run.folder), workspace, address.get("device"))


def gradients_button(run: Run) -> None:
    """Starts the job; nothing where the gradients are stored or being computed."""
    store = GradientStore(run, SETTINGS)
    if is_complete(store) or is_active(jobs.status(gradients_request(run).folder)):
        return
    passes = SETTINGS.passes(store.size("pool"), store.size("target"))
    target = "" if store.has_target else f" {MEAN_GRADIENT}"
    st.button(
        "Compute the gradients",
        icon=":material/play_arrow:",
        help=f"{passes:,} passes of an example through the model, forwards and backwards.{target}",
        on_click=lambda: jobs.start(gradients_request(run)),
    )


def gradients_progress(run: Run) -> None:
    """How far the job is, or how it ended where gradients lack; nothing before it starts."""
    if not is_complete(GradientStore(run, SETTINGS)):
        job_panel(gradients_request(run).folder, "Computing the gradients", "examples")
