"""Which example would be chosen in place of one that was dropped."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from delift_core.audit.events import Action
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.greedy import Selection
from delift_core.selection.outcome import Outcome
from delift_core.workflow.reselect import after_audit, change
from pages.session import cache, cached_choice, verdicts
from pages.widgets.literal import literal

# examples of a pool up to which it is worked out at once
MOST_EXAMPLES = 3_000


def replacement_note(run: Run, chosen: Outcome, dropped: str) -> None:
    """What comes in for a dropped example, all else as audited so far."""
    index = cache.position(run, dropped)
    if index is None or not chosen.ranks[index] or len(run.pool) > MOST_EXAMPLES:
        return
    with_it = dict(verdicts.agreed_verdicts(run))
    without_it = {example: verdict for example, verdict in with_it.items() if example != dropped}
    try:
        before = audited(run, chosen, without_it)
        after = audited(run, chosen, with_it)
    except DeliftError as refusal:
        st.caption(f"Nothing can take its place: {literal(str(refusal))}")
        return
    difference = change(before, after)
    came = other_ids(run, difference.came, index)
    went = other_ids(run, difference.went, index)
    if came:
        st.markdown(replacement_sentence(literal(dropped), came, went))


def audited(run: Run, chosen: Outcome, agreed: Mapping[str, Action]) -> Selection:
    """What is chosen after some verdicts."""
    choice = after_audit(chosen.choice, run.pool, chosen.selection, agreed)
    return cached_choice.outcome(run, choice).selection


def other_ids(run: Run, indices: np.ndarray, index: int) -> list[str]:
    """The ids of examples besides one."""
    return [literal(run.pool[other].id) for other in indices.tolist() if other != index]


def replacement_sentence(dropped: str, came: list[str], went: list[str]) -> str:
    """What a dropped example leaves to others; where more than one of them changes, why."""
    subject, reason = f"**{dropped}** is", ""
    if went:
        subject = f"**{dropped}**, and with it **{', '.join(went)}**, are"
        reason = (
            " Every example is chosen beside those before it, so that one that goes changes others."
        )
    return (
        f"{subject} replaced by **{', '.join(came)}**.{reason} The Re-select tab takes all such"
        " changes at once."
    )
