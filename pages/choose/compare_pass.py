"""The pass over each response without its prompt, which some methods need, as a job."""

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.requests import UnpromptedRequest
from delift_core.runs.run import Run
from delift_core.runs.unprompted import has_unprompted
from delift_core.selection.method import Need
from delift_core.selection.methods import methods
from pages.session import address, current
from pages.widgets.job_panel import is_active, job_panel
from pages.widgets.literal import literal


def pass_request(run: Run) -> UnpromptedRequest:
    """The job that makes the pass."""
    workspace = str(current.workspace())
    return UnpromptedRequest(str(run.folder), "pool", workspace, address.get("device"))


def pass_button(run: Run) -> None:
    """Starts the job; nothing where the pass is stored or being made."""
    if has_unprompted(run, "pool") or is_active(jobs.status(pass_request(run).folder)):
        return
    waiting = [method.title for method in methods().values() if Need.UNPROMPTED in method.needs]
    st.button(
        "Read the responses without their prompts",
        icon=":material/play_arrow:",
        help=f"One pass of the model for each example; then usable: {literal(', '.join(waiting))}.",
        on_click=lambda: jobs.start(pass_request(run)),
    )


def pass_progress(run: Run) -> None:
    """How far the job is, or how it ended where the pass is not there; nothing before it starts."""
    if not has_unprompted(run, "pool"):
        job_panel(
            pass_request(run).folder, "Reading the responses without their prompts", "examples"
        )
