"""The rounds of tuning of a run, which method rounds chooses by: what they take, then a job."""

from collections.abc import Iterator, Mapping

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.tuning_requests import CostRoundsRequest, RoundsRequest
from delift_core.runs.rounds import RoundStore
from delift_core.runs.run import Run
from delift_core.selection.round_settings import RoundSettings
from delift_core.units import counted, duration
from pages.session import address, current
from pages.widgets.job_panel import is_active, job_panel, result_of

SETTINGS = RoundSettings()


def rounds_request(run: Run) -> RoundsRequest:
    """The job that tunes and picks, round after round."""
    return RoundsRequest(str(run.folder), str(current.workspace()), address.get("device"))


def cost_request(run: Run) -> CostRoundsRequest:
    """The job that predicts what that takes."""
    return CostRoundsRequest(str(run.folder), str(current.workspace()), address.get("device"))


def cost_button(run: Run) -> None:
    """Works out the minutes; nothing where the rounds are stored, at work or worked out."""
    store = RoundStore(run, SETTINGS)
    if not store.missing or is_at_work(run) or predicted_cost(run, store) is not None:
        return
    st.button(
        "Work out what the rounds take",
        icon=":material/timer:",
        help="Tunes a model for some seconds and throws it away. Nothing else starts yet.",
        on_click=jobs.start,
        args=(cost_request(run),),
    )


def is_at_work(run: Run) -> bool:
    """Whether the minutes are being worked out, or the rounds tuned."""
    requests = (cost_request(run), rounds_request(run))
    return any(is_active(jobs.status(each.folder)) for each in requests)


def predicted_cost(run: Run, store: RoundStore) -> Mapping | None:
    """What the missing rounds will take; None until it was worked out for as many."""
    folder = cost_request(run).folder
    predicted = result_of(folder, jobs.status(folder))
    if predicted is None or predicted["rounds"] != len(store.missing):
        return None
    return predicted


def rounds_progress(run: Run) -> None:
    """How far the jobs are, how they ended, and the minutes; nothing before they start."""
    store = RoundStore(run, SETTINGS)
    if not store.missing:
        return
    job_panel(cost_request(run).folder, "Working out what the rounds take", "examples")
    job_panel(rounds_request(run).folder, "Tuning round after round", "examples")
    is_begun = jobs.status(rounds_request(run).folder) is not None
    if not is_at_work(run) and (is_begun or predicted_cost(run, store) is not None):
        start_line(run, store)


def start_line(run: Run, store: RoundStore) -> None:
    """What the rounds will take, as far as that was worked out, and what starts or continues."""
    is_begun = len(store.missing) < SETTINGS.rounds
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Continue the rounds" if is_begun else "Tune the rounds",
            icon=":material/play_arrow:",
            help="In the background: the page may be closed, and every finished round is kept.",
            on_click=jobs.start,
            args=(rounds_request(run),),
        )
        st.caption(", ".join(start_facts(run, store)) + ".")


def start_facts(run: Run, store: RoundStore) -> Iterator[str]:
    """How many rounds lack, what they read, and how long that takes."""
    yield f"{counted(len(store.missing), 'round')} of tuning"
    yield f"{store.unread:,} examples to read"
    predicted = predicted_cost(run, store)
    if predicted is not None:
        yield f"about {duration(predicted['seconds'])}"
