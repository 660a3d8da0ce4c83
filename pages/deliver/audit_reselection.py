"""The choice that follows from an audit: what comes in, what goes, and the button that takes it."""

import streamlit as st

from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.choice import Choice
from delift_core.selection.outcome import Outcome
from delift_core.workflow.changes import arrivals, departures, requested_changes
from delift_core.workflow.reselect import after_audit
from pages.session import address, cached_choice, verdicts
from pages.widgets.changed_examples import came_in, went_out
from pages.widgets.refusals import show_refusal


def reselection(run: Run, chosen: Outcome) -> None:
    """The choice after the audit, beside the choice as it is."""
    requested = after_audit(
        chosen.choice, run.pool, chosen.selection, verdicts.agreed_verdicts(run)
    )
    st.caption(
        "What was dropped stays out, what was kept of the chosen stays"
        f" in{rule_changes(chosen.choice, requested)}. The objective fills the freed places;"
        " flagged examples are left to it. Every example is chosen beside those before it, so that"
        " one that goes or stays can change others."
    )
    try:
        after = cached_choice.outcome(run, requested)
    except DeliftError as refusal:
        show_refusal(refusal)
        return
    if requested == chosen.choice:
        st.caption("The choice is already what the verdicts ask for.")
        return
    if st.button("Apply", type="primary", icon=":material/published_with_changes:"):
        address.put(pins=requested.pins, excludes=requested.excludes)
        st.rerun()
    came_in(run, list(arrivals(chosen.selection, after)))
    went_out(run, departures(run, chosen.selection, after))


def rule_changes(before: Choice, after: Choice) -> str:
    """How many pins and excludes an audit adds and takes away; empty where it changes none."""
    changes = requested_changes(before, after)
    return f": {', '.join(changes)}" if changes else ""
