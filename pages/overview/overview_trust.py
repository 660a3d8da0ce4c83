"""What to know before trusting the choice, in one line."""

import streamlit as st

from delift_core.analysis.trust import choice_trust
from delift_core.comparison.planted import planted
from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.widgets.literal import literal


def trust_line(run: Run, chosen: Outcome) -> None:
    """Planted mistakes, length and model; the Subset page has the details, and near-duplicates."""
    rows = chosen.selection.indices
    trust = choice_trust(rows, run.alone("pool").response_tokens, {})
    model = run.record["model"]
    parts = [
        f"{trust.tokens_chosen:.1f} tokens a response, {trust.tokens_pool:.1f} in the pool",
        f"scored with {model['name']}, {model['dtype']}",
    ]
    mistakes = planted(run.pool, rows)
    if mistakes:
        parts.insert(
            0,
            f"{mistakes.held} of {mistakes.total} planted wrong answers chosen,"
            f" {mistakes.expected:.1f} expected by chance",
        )
    st.caption(f":material/verified_user: **Before you trust it:** {literal(' · '.join(parts))}.")
