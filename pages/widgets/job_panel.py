"""A background job on a page: its progress while it works, and a sentence about how it ended."""

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from delift_core.jobs import jobs
from delift_core.jobs.status import State, Status
from delift_core.units import duration
from pages.widgets.literal import literal
from pages.widgets.refusals import fragment

EVERY = 1.0  # seconds between two looks at a job


def job_panel(
    folder: Path, title: str, unit: str = "pairs", reword: Callable[[str], str] = str
) -> Status | None:
    """Draw a job's state and return it; None before it was started.

    reword: changes the advice of a refusal into what can be done on this page.
    """
    status = jobs.status(folder)
    if status is None:
        return None
    if status.active:
        follow(folder, title, unit)
    elif status.state is State.FAILED:
        st.error(literal(reword(status.error)), icon=":material/error:")
    elif status.state is State.INTERRUPTED:
        st.warning(literal(status.error), icon=":material/power_off:")
    elif status.state is State.CANCELLED:
        st.info(
            f"{title} was cancelled after {progress_text(status, unit)}. What is finished is kept.",
            icon=":material/cancel:",
        )
    return status


def is_active(status: Status | None) -> bool:
    """Whether a job is waiting or working."""
    return status is not None and status.active


def result_of(folder: Path, status: Status | None) -> dict | None:
    """What a job returned, once it is done."""
    if status is None or status.state is not State.DONE:
        return None
    return jobs.result(folder)


@fragment(EVERY)
def follow(folder: Path, title: str, unit: str) -> None:
    """Progress, rate and time left of a running job, and the button that cancels it.

    The page is drawn anew when the job ends.
    """
    status = jobs.status(folder)
    if status is None or not status.active:
        st.rerun()
    share = min(status.done / status.total, 1.0) if status.total else 0.0
    st.progress(share, text=f"{title}: {status.doing or status.state}")
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(" · ".join(progress_facts(status, unit)))
        if st.button("Cancel", key=f"cancel {folder}", icon=":material/stop_circle:"):
            jobs.cancel(folder)
            st.rerun()


def progress_facts(status: Status, unit: str) -> list[str]:
    """Done, rate, elapsed, left: as far as they are known."""
    facts = []
    if status.total:
        facts.append(progress_text(status, unit))
    if status.rate:
        facts.append(f"{status.rate:.1f} {unit}/s")
    facts.append(f"{duration(status.elapsed)} so far")
    if status.left is not None:
        facts.append(f"about {duration(status.left)} left")
    return facts


def progress_text(status: Status, unit: str) -> str:
    """120 of 400 pairs."""
    return f"{status.done:,} of {status.total:,} {unit}"
