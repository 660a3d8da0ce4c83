"""The choice that follows from an audit: what comes in, what goes, and the button that takes it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.explain import why_chosen
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.choice import Choice
from delift_core.selection.outcome import Outcome
from delift_core.units import counted
from delift_core.workflow.reselect import after_audit, change
from pages.session import address, cached_choice, verdicts
from pages.widgets.previews import prompt_line, response_line
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
    if st.button("Take this choice", type="primary", icon=":material/published_with_changes:"):
        address.put(pins=requested.pins, excludes=requested.excludes)
        st.rerun()
    difference = change(chosen.selection, after.selection)
    came_in(run, after, difference.came)
    went_out(run, difference.went)


def rule_changes(before: Choice, after: Choice) -> str:
    """How many pins and excludes an audit adds and takes away; empty where it changes none."""
    changes = [
        *list_changes("pin", before.pins, after.pins),
        *list_changes("exclude", before.excludes, after.excludes),
    ]
    return f": {', '.join(changes)}" if changes else ""


def list_changes(noun: str, before: Sequence[str], after: Sequence[str]) -> list[str]:
    """2 pins more, 1 pin less."""
    added = len(set(after) - set(before))
    removed = len(set(before) - set(after))
    changes = []
    if added:
        changes.append(f"{counted(added, noun)} more")
    if removed:
        changes.append(f"{counted(removed, noun)} less")
    return changes


def came_in(run: Run, after: Outcome, came: np.ndarray) -> None:
    """Each newcomer with its rank, its gain and how many examples it covers better.

    came: (examples,) indices.
    """
    st.markdown(f"**{counted(len(came), 'example comes', 'examples come')} in**")
    if len(came):
        st.dataframe(
            pd.DataFrame([newcomer_row(run, after, index) for index in came.tolist()]),
            hide_index=True,
            height="content",
            alt="Examples that come in",
            column_config={"gain": st.column_config.NumberColumn(format="%.4f")},
        )


def newcomer_row(run: Run, after: Outcome, index: int) -> dict:
    """A newcomer in one row of the table."""
    rank = int(after.ranks[index])
    reason = why_chosen(after.objective, after.selection, rank)
    return {
        "example": run.pool[index].id,
        "rank": rank,
        "gain": reason.gain,
        "covers better": len(reason.parts),
        "prompt": prompt_line(run, index),
        "response": response_line(run, index),
    }


def went_out(run: Run, went: np.ndarray) -> None:
    """The examples that are chosen no more. went: (examples,) indices."""
    st.markdown(f"**{counted(len(went), 'example goes', 'examples go')}**")
    if len(went):
        rows = [
            {
                "example": run.pool[index].id,
                "prompt": prompt_line(run, index),
                "response": response_line(run, index),
            }
            for index in went.tolist()
        ]
        st.dataframe(pd.DataFrame(rows), hide_index=True, height="content", alt="Examples that go")
