"""What an audit has come to: every verdict, keep-rates per source, agreement between reviewers."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

import pandas as pd
import streamlit as st

from delift_core.analysis.agreement import agreements, keep_rates, verdict_counts
from delift_core.audit.events import VERDICTS, Event, agreed, by_reviewer
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.deliver.audit_queue import AuditQueue, finished
from pages.session import cache, verdicts
from pages.widgets.local_time import local_time
from pages.widgets.previews import prompt_line
from pages.widgets.table_columns import headings, with_numbers

AGREEMENT_COLUMNS = {
    "kappa": st.column_config.NumberColumn("Cohen's kappa"),
    "both": st.column_config.NumberColumn("Judged by both"),
    "same": st.column_config.NumberColumn("The same verdict"),
}
SHARE = st.column_config.NumberColumn(format="percent", width="small")
ReviewerVerdicts = Mapping[str, Mapping[str, Event]]  # reviewer -> example id -> what stands


def results(run: Run, chosen: Outcome, queue: AuditQueue) -> None:
    """Counts, figures and every verdict that stands."""
    events = verdicts.events(run)
    by_name = by_reviewer(events)
    if not by_name:
        st.caption("Nobody has given a verdict yet.")
        return
    st.caption(judged_sentence(run, chosen, by_name))
    reviewers_table(events)
    blind_figures(run, queue, events)
    agreement_figures(by_name)
    verdicts_table(run, events, by_name)
    st.download_button(
        "Download audit log",
        lambda: event_lines(events),
        "verdicts.jsonl",
        on_click="ignore",
        icon=":material/download:",
    )


def judged_sentence(run: Run, chosen: Outcome, by_name: ReviewerVerdicts) -> str:
    """How many of the chosen are judged, and how."""
    agreement = agreed(by_name)
    chosen_ids = [run.pool[index].id for index in chosen.selection.indices.tolist()]
    own = [agreement[id] for id in chosen_ids if id in agreement]
    parts = ", ".join(f"{own.count(verdict)} {verdict}" for verdict in VERDICTS)
    return (
        f"{len(own):,} of {len(chosen.selection):,} chosen examples are judged ({parts}), and"
        f" {len(agreement) - len(own):,} others."
    )


def reviewers_table(events: tuple[Event, ...]) -> None:
    """Verdicts of each reviewer."""
    rows = [
        {"reviewer": reviewer} | {str(verdict): numbers[verdict] for verdict in VERDICTS}
        for reviewer, numbers in verdict_counts(events).items()
    ]
    table = pd.DataFrame(rows)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        alt="Verdicts per reviewer",
        column_config=headings(table),
    )


def blind_figures(run: Run, queue: AuditQueue, events: tuple[Event, ...]) -> None:
    """Keep-rate per source, shown when this reviewer is through: it would tell the sources."""
    rates = keep_rates(events)
    if not rates:
        return
    st.markdown("**Seen blind**")
    if queue.is_blind:
        remaining = len(queue) - len(finished(run, queue))
        if remaining:
            st.caption(f"Shown when the queue is finished: {remaining} to go.")
            return
    rows = [
        {
            "source": str(rate.source),
            "kept": rate.kept,
            "judged": rate.judged,
            "share": rate.share,
            "from": rate.low,
            "to": rate.high,
        }
        for rate in rates
    ]
    table = pd.DataFrame(rows)
    st.dataframe(
        table,
        hide_index=True,
        height="content",
        alt="Keep-rate per source",
        column_config=headings(table, dict.fromkeys(("share", "from", "to"), SHARE)),
    )
    st.caption(
        "Share kept, with the 95 % interval after Wilson. An example drawn for two sources counts"
        " for both."
    )


def agreement_figures(by_name: ReviewerVerdicts) -> None:
    """Cohen's kappa of every two reviewers."""
    pairs = agreements(by_name)
    if not pairs:
        return
    st.markdown("**Agreement**")
    table = pd.DataFrame([asdict(pair) for pair in pairs])
    st.dataframe(
        with_numbers(table, {"kappa": ".2f"}),
        hide_index=True,
        height="content",
        alt="Agreement between reviewers",
        placeholder="",
        column_config=headings(table, AGREEMENT_COLUMNS),
    )


def verdicts_table(run: Run, events: tuple[Event, ...], by_name: ReviewerVerdicts) -> None:
    """Every verdict that stands, the latest first."""
    latest = {event.uid for own in by_name.values() for event in own.values()}
    # clocks differ and go back: the order of writing does not
    rows = [verdict_row(run, event) for event in reversed(events) if event.uid in latest]
    table = pd.DataFrame(rows)
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(rows), 360),
        alt="Verdicts",
        column_config=headings(table),
    )


def verdict_row(run: Run, event: Event) -> dict:
    """A verdict in one row of the table; its example may be in the pool no more."""
    index = cache.position(run, event.example)
    return {
        "example": event.example,
        "verdict": str(event.action),
        "reviewer": event.reviewer,
        "reasons": ", ".join(event.reasons),
        "note": event.note,
        "time": local_time(datetime.fromisoformat(event.time)),
        "prompt": "" if index is None else prompt_line(run, index),
    }


def event_lines(events: tuple[Event, ...]) -> bytes:
    """Every event that was ever written, undone or not, as JSONL."""
    lines = [json.dumps(asdict(event), ensure_ascii=False) + "\n" for event in events]
    return "".join(lines).encode("utf-8", "backslashreplace")
