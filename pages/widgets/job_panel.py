"""What a page shows of a job: progress while it works, and one sentence about how it ended."""

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
    folder: Path, what: str, unit: str = "pairs", reworded: Callable[[str], str] = str
) -> Status | None:
    """Draw a job's state and return it; the page offers what can be done next, and may word the
    advice of a refusal for itself.
    """
    status = jobs.status(folder)
    if status is None:
        return None
    if status.active:
        follow(folder, what, unit)
    elif status.state is State.FAILED:
        st.error(literal(reworded(status.error)), icon=":material/error:")
    elif status.state is State.INTERRUPTED:
        st.warning(literal(status.error), icon=":material/power_off:")
    elif status.state is State.CANCELLED:
        st.info(
            f"{what} was cancelled after {counted(status, unit)}. What is finished is kept.",
            icon=":material/cancel:",
        )
    return status


@fragment(EVERY)
def follow(folder: Path, what: str, unit: str) -> None:
    """Progress, rate and time left of a running job, and the button that cancels it; the page is
    drawn anew when it ends.
    """
    status = jobs.status(folder)
    if status is None or not status.active:
        st.rerun()
    st.progress(
        min(status.done / status.total, 1.0) if status.total else 0.0,
        text=f"{what}: {status.doing or status.state}",
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(" · ".join(facts(status, unit)))
        if st.button("Cancel", key=f"cancel {folder}", icon=":material/stop_circle:"):
            jobs.cancel(folder)
            st.rerun()


def facts(status: Status, unit: str) -> list[str]:
    """Done, rate, elapsed, left: as far as they are known."""
    said = [counted(status, unit)] if status.total else []
    said += [f"{status.rate:.1f} {unit}/s"] if status.rate else []
    said += [f"{duration(status.elapsed)} so far"]
    return said + ([f"about {duration(status.left)} left"] if status.left is not None else [])


def counted(status: Status, unit: str) -> str:
    return f"{status.done:,} of {status.total:,} {unit}"
