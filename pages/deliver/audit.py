"""Audit: a person's verdict on the examples, one at a time, and the choice that follows from it."""

import getpass

import streamlit as st

from delift_core.analysis.trust import planted
from delift_core.audit.events import VERDICTS
from delift_core.audit.queues import Queue
from pages.deliver import audit_queue
from pages.deliver.audit_desk import work
from pages.deliver.audit_results import reselection, results
from pages.server.login import login_name
from pages.session import state, verdicts
from pages.session.verdicts import ledger
from pages.widgets.guards import need_choice
from pages.widgets.literal import literal

TABS = {
    "Cards": "style",
    "Verdicts": "fact_check",
    "Re-select": "published_with_changes",
    "Guidelines": "menu_book",
}


def all_that_match() -> None:
    """One verdict for everything the filter leaves, and one undo for it."""
    count = len(desk.indices)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**All {count:,} that match**")
        for verdict in VERDICTS:
            if st.button(
                f"{verdict.capitalize()} all", key=f"{verdict} all that match", disabled=not count
            ):
                verdicts.judge(run, desk.indices, verdict, str(desk.queue))
                st.rerun()
        if st.button("Undo", icon=":material/undo:", key="undo the last act"):
            taken = verdicts.undo(run)
            st.toast(
                f"{len(taken):,} verdicts taken back."
                if taken
                else "Nothing of yours is left to undo."
            )
            st.rerun()


def guidelines() -> None:
    """What reviewers go by, kept with the run."""
    log = ledger(run.folder).log
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


run, chosen = need_choice("Audit")
st.title("Audit")
with st.container(horizontal=True, vertical_alignment="bottom"):
    if not login_name():
        state.bound(
            st.text_input,
            "Reviewer",
            "reviewer",
            placeholder=getpass.getuser(),
            max_chars=80,
            width=180,
        )
    queue = audit_queue.queue_control(run)
    desk = audit_queue.desk(run, chosen, queue)
st.caption(f"{audit_queue.TOLD[queue]} Verdicts are written as {literal(verdicts.reviewer())}.")
if queue is Queue.FILTER:
    all_that_match()
if queue is Queue.LEAST_HELPFUL and (
    found := planted(run.pool, desk.indices[: len(chosen.selection)])
):
    st.caption(
        f"Of the {found.total} wrong answers planted in this pool {found.held} are among the first"
        f" {found.rows} cards; chance would put {found.expected:.1f} there on average, {found.low}"
        f" to {found.high} in 95 of 100 draws."
    )
tabs = dict(
    zip(
        TABS,
        st.tabs(
            [f":material/{icon}: {name}" for name, icon in TABS.items()],
            on_change="rerun",
            key="audit tab",
        ),
    )
)
with tabs["Cards"]:
    if tabs["Cards"].open:
        work(run, chosen, desk)
with tabs["Verdicts"]:
    if tabs["Verdicts"].open:
        results(run, chosen, desk)
with tabs["Re-select"]:
    if tabs["Re-select"].open:
        reselection(run, chosen)
with tabs["Guidelines"]:
    if tabs["Guidelines"].open:
        guidelines()
