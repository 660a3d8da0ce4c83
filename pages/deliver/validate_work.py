"""An unfinished validation: what it takes, the job that tunes and measures, how that ended."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from delift_core.errors import DeliftError
from delift_core.jobs import jobs
from delift_core.jobs.requests import stored_request
from delift_core.jobs.status import Status
from delift_core.jobs.tuning_requests import ValidateRequest
from delift_core.runs.folders import job_folder
from delift_core.runs.run import Run
from delift_core.units import counted, duration
from delift_core.workflow.validation import Validation
from pages.session import address, cached_validation, current
from pages.session.cached_validation import Lack
from pages.widgets.executor import is_counted, picked_executor
from pages.widgets.job_panel import is_active, job_panel
from pages.widgets.literal import literal

TITLE = "Tuning and measuring"
MODELS_HELP = "Tuned models that are not stored yet: one for each selection and seed of an arm."
MEASURED_HELP = "Tuned models that are stored already; none of them is tuned again."
TOKENS_HELP = "Tokens of prompts and responses that all these models read in training."
TIME_HELP = "At the speed of this machine, measured just before on a few steps of tuning."


def validate_request(run: Run, validation: str) -> ValidateRequest:
    """The job that finishes a validation, by its address."""
    workspace = str(current.workspace())
    device = address.get("device")
    return ValidateRequest(str(run.folder), workspace, validation, device, picked_executor())


def work_panel(run: Run, validation: Validation) -> Lack:
    """What a validation lacks, on the page and returned; nothing is drawn of a finished one."""
    lacking = cached_validation.lack(validation)
    status = job_status(run, validation.settings.address)
    if not lacking.models and not is_active(status):
        return lacking
    if not is_active(status):
        cost_line(run, validation, lacking)
    if status is not None:
        job_panel(job_folder(run.folder, ValidateRequest.task), TITLE, "rows")
    if not is_active(status):
        start_button(run, validation, lacking)
    return lacking


def job_status(run: Run, validation: str) -> Status | None:
    """How far the job is; that of another validation counts while it is at work only."""
    folder = job_folder(run.folder, ValidateRequest.task)
    status = jobs.status(folder)
    if status is None or status.active or is_about(folder, validation):
        return status
    return None


def is_about(folder: Path, validation: str) -> bool:
    """Whether a job is that of a validation."""
    try:
        request = stored_request(folder)
    except DeliftError:
        return False
    return isinstance(request, ValidateRequest) and request.validation == validation


def cost_line(run: Run, validation: Validation, lacking: Lack) -> None:
    """How many models are to be tuned, and in how many minutes, as far as that was measured."""
    cost = planned_cost(run, validation)
    measured = len(validation.cells) - lacking.models
    with st.container(horizontal=True):
        st.metric("Models to tune", f"{lacking.models:,}", help=MODELS_HELP)
        st.metric("Models measured", f"{measured:,}", help=MEASURED_HELP)
        if cost and cost["models"] == lacking.models:
            title = "Time" if is_counted(cost.get("executor")) else "Time of one worker"
            st.metric(title, f"about {duration(cost['seconds'])}", help=TIME_HELP)
            st.metric("Tokens of training", f"{cost['tokens']:,}", help=TOKENS_HELP)
    if lacking.damaged:
        st.warning(literal(lacking.damaged), icon=":material/healing:")


def planned_cost(run: Run, validation: Validation) -> Mapping | None:
    """What the last plan said that this validation takes; None where it was about another.

    Or about another executor than the one that is picked.
    """
    result = jobs.result(job_folder(run.folder, "plan_validation"))
    if not result or result.get("validation") != validation.settings.address:
        return None
    return result if result.get("executor") == picked_executor() else None


def start_button(run: Run, validation: Validation, lacking: Lack) -> None:
    """Starts the job, or goes on where it stopped."""
    begun = lacking.models < len(validation.cells)
    label = "Continue" if begun else "Tune and measure"
    st.button(
        "Validate again" if lacking.damaged else label,
        type="primary",
        icon=":material/play_arrow:",
        help=(
            "In the background: the page may be closed. It can be cancelled, and every model that"
            f" is finished is kept. {counted(lacking.rows, 'row')} are read."
        ),
        on_click=jobs.start,
        args=(validate_request(run, validation.settings.address),),
    )
