"""What an audit has come to: who said what, how often each source was kept, how far reviewers
agree, and the choice that follows.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.agreement import agreements, counts, keep_rates
from delift_core.analysis.explain import why_chosen
from delift_core.audit.events import VERDICTS, Event, agreed, by_reviewer
from delift_core.audit.queues import Queue
from delift_core.errors import DeliftError
from delift_core.runs.run import Run
from delift_core.selection.choice import Choice
from delift_core.selection.outcome import Outcome
from delift_core.units import counted
from delift_core.workflow.reselect import after_audit, change
from pages.deliver.audit_queue import Desk, seen
from pages.session import cache, state, verdicts
from pages.widgets.literal import first_line, literal
from pages.widgets.previews import MOST, prompt_line, response_line

SHARE = st.column_config.NumberColumn(format="percent", width="small")


def results(run: Run, chosen: Outcome, desk: Desk) -> None:
    """Counts, figures and every verdict that stands."""
    events = verdicts.events(run)
    said = by_reviewer(events)
    if not said:
        st.caption("Nobody has given a verdict yet.")
        return
    st.caption(progress(run, chosen, said))
    st.dataframe(
        pd.DataFrame(
            [
                {"reviewer": reviewer} | {str(verdict): told[verdict] for verdict in VERDICTS}
                for reviewer, told in counts(events).items()
            ]
        ),
        hide_index=True,
        height="content",
        alt="Verdicts per reviewer",
    )
    blind_figures(run, desk, events)
    agreement_figures(said)
    table(run, said)
    st.download_button(
        "Every event (JSONL)",
        lambda: lines(events),
        "verdicts.jsonl",
        on_click="ignore",
        icon=":material/download:",
    )


def progress(run: Run, chosen: Outcome, said: Mapping[str, Mapping[str, Event]]) -> str:
    """How far the chosen are judged, and how."""
    verdict = agreed(said)
    own = [
        verdict[id]
        for index in chosen.selection.indices.tolist()
        if (id := run.pool[index].id) in verdict
    ]
    parts = ", ".join(f"{own.count(one)} {one}" for one in VERDICTS)
    return (
        f"{len(own):,} of {len(chosen.selection):,} chosen examples are judged ({parts}), and"
        f" {len(verdict) - len(own):,} others."
    )


def blind_figures(run: Run, desk: Desk, events: tuple[Event, ...]) -> None:
    """Keep-rate per source; told only when this reviewer is through, since it would give the
    sources away.
    """
    rates = keep_rates(events)
    if not rates:
        return
    st.markdown("**Seen blind**")
    if desk.queue is Queue.BLIND and (left := len(desk.indices) - len(seen(run, desk))):
        st.caption(f"Told when you are through: {left} to go.")
        return
    st.dataframe(
        pd.DataFrame(
            [
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
        ),
        hide_index=True,
        height="content",
        alt="Keep-rate per source",
        column_config={"share": SHARE, "from": SHARE, "to": SHARE},
    )
    st.caption(
        "Share kept, with the 95 % interval after Wilson. An example drawn for two sources counts"
        " for both."
    )


def agreement_figures(said: Mapping[str, Mapping[str, Event]]) -> None:
    """Cohen's kappa of every two reviewers."""
    found = agreements(said)
    if found:
        st.markdown("**Agreement**")
        st.dataframe(
            pd.DataFrame([asdict(one) for one in found]),
            hide_index=True,
            height="content",
            alt="Agreement between reviewers",
            placeholder="",
            column_config={
                "kappa": st.column_config.NumberColumn("Cohen's kappa", format="%.2f"),
                "both": "judged by both",
                "same": "the same verdict",
            },
        )


def table(run: Run, said: Mapping[str, Mapping[str, Event]]) -> None:
    """Every verdict that stands, the latest first."""
    latest = {event.uid for own in said.values() for event in own.values()}
    # clocks differ and go back: the order of writing does not
    told = [event for event in reversed(verdicts.events(run)) if event.uid in latest]
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "example": event.example,
                    "verdict": str(event.action),
                    "reviewer": event.reviewer,
                    "reasons": ", ".join(event.reasons),
                    "note": first_line(event.note, MOST),
                    "time": event.time,
                    "prompt": prompt_of(run, event),
                }
                for event in told
            ]
        ),
        hide_index=True,
        height=min(38 + 35 * len(told), 360),
        alt="Verdicts",
    )


def prompt_of(run: Run, event: Event) -> str:
    index = cache.position(run, event.example)
    return prompt_line(run, index) if index is not None else ""


def lines(events: tuple[Event, ...]) -> bytes:
    """Everything that was ever said, undone or not, as it was written."""
    return "".join(json.dumps(asdict(event), ensure_ascii=False) + "\n" for event in events).encode(
        "utf-8", "backslashreplace"
    )


def reselection(run: Run, chosen: Outcome) -> None:
    """The choice after the audit: what goes, what comes in instead and why, and the button that
    takes it.
    """
    asked = after_audit(chosen.choice, run.pool, chosen.selection, verdicts.agreed_verdicts(run))
    st.caption(
        "What was dropped stays out, what was kept of the chosen stays"
        f" in{told_rules(chosen.choice, asked)}. The objective fills the freed places; flagged"
        " examples are left to it. Every example is chosen beside those before it, so that one"
        " that goes or stays can change others."
    )
    try:
        after = cache.outcome(run, asked)
    except DeliftError as refusal:
        st.error(literal(str(refusal)), icon=":material/error:")
        return
    found = change(chosen.selection, after.selection)
    if asked == chosen.choice:
        st.caption("The choice is already what the verdicts ask for.")
        return
    if st.button("Take this choice", type="primary", icon=":material/published_with_changes:"):
        state.put(pins=asked.pins, excludes=asked.excludes)
        st.rerun()
    st.markdown(f"**{counted(len(found.came), 'example comes', 'examples come')} in**")
    if len(found.came):
        st.dataframe(
            came_in(run, after, found.came),
            hide_index=True,
            height="content",
            alt="Examples that come in",
            column_config={"gain": st.column_config.NumberColumn(format="%.4f")},
        )
    st.markdown(f"**{counted(len(found.went), 'example goes', 'examples go')}**")
    if len(found.went):
        st.dataframe(
            pd.DataFrame(
                {
                    "example": [run.pool[index].id for index in found.went.tolist()],
                    "prompt": [prompt_line(run, index) for index in found.went.tolist()],
                    "response": [response_line(run, index) for index in found.went.tolist()],
                }
            ),
            hide_index=True,
            height="content",
            alt="Examples that go",
        )


def told_rules(before: Choice, after: Choice) -> str:
    """What of pins and excludes an audit adds or takes away; nothing where it leaves them."""
    added = [
        (word, len(set(new) - set(old)), len(set(old) - set(new)))
        for word, old, new in (
            ("pin", before.pins, after.pins),
            ("exclude", before.excludes, after.excludes),
        )
    ]
    told = [
        f"{counted(count, word)} {verb}"
        for word, *counts in added
        for count, verb in zip(counts, ("more", "less"), strict=True)
        if count
    ]
    return f": {', '.join(told)}" if told else ""


def came_in(run: Run, after: Outcome, came: np.ndarray) -> pd.DataFrame:
    """Each newcomer with its rank, its gain and the answered examples that make up most of it."""
    rows = []
    for index in came.tolist():
        rank = int(after.ranks[index])
        reason = why_chosen(after.order.objective, after.selection, rank)
        rows.append(
            {
                "example": run.pool[index].id,
                "rank": rank,
                "gain": reason.gain,
                "covers better": len(reason.parts),
                "prompt": prompt_line(run, index),
                "response": response_line(run, index),
            }
        )
    return pd.DataFrame(rows)
