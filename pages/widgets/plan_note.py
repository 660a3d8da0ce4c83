"""What a run leaves out by its plan."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.wording import plan_line


def plan_note(run: Run) -> None:
    """A caption about the pairs that are not scored; nothing where every pair is."""
    if not run.plan.is_all:
        st.caption(f":material/filter_alt: {plan_line(run.plan)}")
