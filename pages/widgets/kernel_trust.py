"""What to know of finished kernels before trusting them."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from pages.session import cached_analysis
from pages.widgets.literal import literal
from pages.widgets.plan_note import plan_note
from pages.widgets.scoring import KERNEL_TITLES
from pages.widgets.table_columns import headings, with_numbers

SHARE = st.column_config.NumberColumn(format="percent", step=0.001)
FIGURE_COLUMNS = {
    "kernel": st.column_config.TextColumn("Score matrix"),
    "negative": SHARE,
    "truncated": SHARE,
    "unscored": SHARE,
    "scored": SHARE,
    "length_correlation": st.column_config.NumberColumn("Correlation with length"),
}


def kernel_trust(run: Run, names: Sequence[str]) -> None:
    """A table of figures, what made the utilities, and what the plan leaves out."""
    figures = figures_table(run, names)
    st.dataframe(
        with_numbers(figures, {"mean": ".4f", "length_correlation": ".2f"}),
        hide_index=True,
        column_config=headings(figures, FIGURE_COLUMNS),
        alt="What to know of the finished kernels",
    )
    st.caption(
        "Pairs of two different examples. Correlation with length is the Spearman correlation of"
        " what an example gives on average with the tokens of its response."
        f" {model_sentence(run)}"
    )
    for sentence in cached_analysis.note_sentences(run, names):
        st.caption(literal(sentence))
    plan_note(run)


def figures_table(run: Run, names: Sequence[str]) -> pd.DataFrame:
    """One row a kernel; the share that was scored where the plan leaves pairs out."""
    figures = pd.DataFrame(
        [
            {"kernel": KERNEL_TITLES[name], **asdict(cached_analysis.trust_figures(run, name))}
            for name in names
        ]
    )
    if run.plan.is_all:
        return figures.drop(columns="left_out")
    return figures.assign(scored=1 - figures.pop("left_out"))


def model_sentence(run: Run) -> str:
    """The model behind every utility."""
    model = run.record["model"]
    return (
        f"Measured with {literal(model['name'])} ({literal(model['revision'])}) in"
        f" {model['dtype']}, template {run.record['template']}."
    )
