"""Audit: a person's verdict on the examples, one at a time, and the choice that follows from it."""

import getpass

import streamlit as st

from delift_core.audit.events import VERDICTS
from delift_core.audit.queues import Queue
from delift_core.comparison.planted import planted
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.deliver.audit_queue import QUEUE_SENTENCES, AuditQueue, audit_queue, queue_control
from pages.deliver.audit_reselection import reselection
from pages.deliver.audit_results import results
from pages.deliver.audit_work import work
from pages.session import verdicts, widget_state
from pages.session.person import login_name
from pages.widgets.guards import need_choice
from pages.widgets.literal import literal

TAB_ICONS = {
    "Cards": "style",
    "Verdicts": "fact_check",
    "Re-select": "published_with_changes",
    "Guidelines": "menu_book",
}


def reviewer_field() -> None:
    """The name verdicts are written under, unless somebody is logged in."""
    if not login_name():
        widget_state.bound(
            st.text_input,
            "Reviewer",
            "reviewer",
            placeholder=getpass.getuser(),
            max_chars=80,
            width=180,
            help="The name that verdicts are written under.",
        )


def bulk_controls(run: Run, queue: AuditQueue) -> None:
    """One verdict for everything the filter leaves, and one undo for it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**All {len(queue):,} that match**")
        for verdict in VERDICTS:
            if st.button(
                f"Mark all {verdict}",
                key=f"{verdict} all that match",
                disabled=not len(queue),
            ):
                verdicts.judge(run, queue.indices, verdict, str(queue.kind))
                st.rerun()
        if st.button("Undo", icon=":material/undo:", key="undo the last act"):
            undo_last(run)
            st.rerun()


def undo_last(run: Run) -> None:
    """Take back the last act, and say how many verdicts it was."""
    undone = verdicts.undo(run)
    if undone:
        st.toast(f"{len(undone):,} verdicts taken back.")
    else:
        st.toast("Nothing of yours is left to undo.")


def planted_note(run: Run, chosen: Outcome, queue: AuditQueue) -> None:
    """How many of the planted wrong answers the first cards hold, where a pool has some."""
    mistakes = planted(run.pool, queue.indices[: len(chosen.selection)])
    if mistakes:
        st.caption(
            f"Of the {mistakes.total} wrong answers planted in this pool {mistakes.held} are among"
            f" the first {mistakes.rows} cards; chance would put {mistakes.expected:.1f} there on"
            f" average, {mistakes.low} to {mistakes.high} in 95 of 100 draws."
        )


def guidelines(run: Run) -> None:
    """What reviewers go by, stored with the run."""
    log = verdicts.ledger(run.folder).log
    written = log.guidelines()
    text = st.text_area(
        "What is kept, what is dropped, what is flagged",
        written,
        height=260,
        key="guidelines",
        placeholder=(
            "Keep: correct, complete, in the style we want.\nDrop: wrong or unusable.\nFlag: needs"
            " a second pair of eyes."
        ),
    )
    if text != written and st.button(
        "Keep these guidelines", type="primary", icon=":material/save:"
    ):
        log.write_guidelines(text, verdicts.reviewer())
        st.rerun()


def audit_tabs(run: Run, chosen: Outcome, queue: AuditQueue) -> None:
    """Cards, verdicts, the choice that follows, guidelines; what is not open is not drawn."""
    cards, table, reselect, rules = st.tabs(
        [f":material/{icon}: {name}" for name, icon in TAB_ICONS.items()],
        on_change="rerun",
        key="audit tab",
    )
    with cards:
        if cards.open:
            work(run, chosen, queue)
    with table:
        if table.open:
            results(run, chosen, queue)
    with reselect:
        if reselect.open:
            reselection(run, chosen)
    with rules:
        if rules.open:
            guidelines(run)


run, chosen = need_choice("Audit")
st.title("Audit")
with st.container(horizontal=True, vertical_alignment="top"):
    reviewer_field()
    kind = queue_control(run)
with st.container(horizontal=True, vertical_alignment="bottom"):
    queue = audit_queue(run, chosen, kind)
st.caption(f"{QUEUE_SENTENCES[kind]} Verdicts are written as {literal(verdicts.reviewer())}.")
if kind is Queue.FILTER:
    bulk_controls(run, queue)
if kind is Queue.LEAST_HELPFUL:
    planted_note(run, chosen, queue)
audit_tabs(run, chosen, queue)
