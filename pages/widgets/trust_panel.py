"""What to know of the utilities, and of a choice made from them, before trusting either."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from delift_core.analysis.trust import choice_trust, planted
from delift_core.runs.run import Run
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from pages.session import cached_analysis
from pages.widgets.literal import literal
from pages.widgets.plan_choice import plan_told
from pages.widgets.scoring import TITLES

NAMED = 5  # near-duplicates told by id
SHARE = st.column_config.NumberColumn(format="percent", step=0.001)
COLUMNS = {
    "kernel": st.column_config.TextColumn("utilities"),
    "mean": st.column_config.NumberColumn("mean", format="%.4f"),
    "negative": SHARE,
    "truncated": SHARE,
    "unscored": SHARE,
    "scored": SHARE,
    "length_correlation": st.column_config.NumberColumn("correlation with length", format="%.2f"),
}


def kernel_trust(run: Run, names: Sequence[str]) -> None:
    """Figures of finished kernels, and what made them."""
    figures = pd.DataFrame(
        [{"kernel": TITLES[name], **asdict(cached_analysis.trusted(run, name))} for name in names]
    )
    figures = (
        figures.drop(columns="left_out")
        if run.plan.is_all
        else figures.assign(scored=1 - figures.pop("left_out"))
    )
    st.dataframe(
        figures, hide_index=True, column_config=COLUMNS, alt="What to know of the finished kernels"
    )
    st.caption(
        "Pairs of two different examples. Correlation with length is the Spearman correlation of"
        f" what an example gives on average with the tokens of its response. {made_by(run)}"
    )
    plan_told(run)


def made_by(run: Run) -> str:
    """The model behind every utility."""
    model = run.record["model"]
    return (
        f"Measured with {literal(model['name'])} ({literal(model['revision'])}) in"
        f" {model['dtype']}, template {run.record['template']}."
    )


def trust_panel(run: Run, chosen: Outcome) -> None:
    """Whether the choice follows length, repeats itself, or holds what is known to be wrong; worked
    out when it is opened.
    """
    panel = st.expander(
        "Before you trust this choice",
        icon=":material/verified_user:",
        key="trust",
        on_change="rerun",
    )
    if not panel.open:
        return
    found = choice_trust(
        chosen.selection.indices,
        run.alone("pool").response_tokens,
        dict(cached_analysis.links(run).tolist()),
    )
    with panel:
        if check := planted(run.pool, chosen.selection.indices):
            st.markdown(f"**Planted mistakes.** {check.sentence}")
        st.markdown(f"**Length.** {found.sentence}")
        st.markdown(f"**Repetition.** {repetition(run, found.repeats)}")
        kernel_trust(run, OBJECTIVES[chosen.selection.objective].kernels)


def repetition(run: Run, repeats: Sequence[tuple[int, int]]) -> str:
    """Which of the chosen say the same thing twice."""
    if not repeats:
        return "No chosen example nearly repeats another."
    told = ", ".join(
        f"{literal(run.pool[second].id)} repeats {literal(run.pool[first].id)}"
        for first, second in repeats[:NAMED]
    )
    return (
        f"{len(repeats):,} of the chosen nearly repeat another:"
        f" {told}{', …' if len(repeats) > NAMED else '.'}"
    )
