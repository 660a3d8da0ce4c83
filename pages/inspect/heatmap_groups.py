"""A kernel group by group: what the examples of one source, topic or task give those of another."""

import re
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.analysis.groups import GroupMeans
from delift_core.charts.matrices import group_figure, strongest
from delift_core.runs.run import Run
from pages.session import cache, cached_analysis, cached_fields, current
from pages.widgets.theme import palette

MOST_GROUPS = 12  # of a side in the figure
LIKELY = re.compile(r"source|dataset|topic|task|category|domain|subject|type|label", re.IGNORECASE)


def kernel_groups(run: Run, name: str) -> None:
    """Pick a field; its mean utilities as a figure and a table."""
    fields = cached_fields.group_fields(run)
    if not fields:
        st.caption("No field of the pool's rows has values that repeat, so there are no groups.")
        return
    field = st.selectbox(
        "Groups by",
        fields,
        index=likely_position(fields),
        key="groups of the kernel",
        persist_state="session",
        width=260,
    )
    means = cached_analysis.mean_utilities(run, name, current.measure(), field, MOST_GROUPS)
    itself = ", an example with itself left out" if cache.kernel(run, name).square else ""
    st.caption(
        f"Mean utility over {means.counts.sum():,} pairs{itself}. Colours end at"
        f" ±{strongest(means):.3g}, the largest mean."
    )
    st.plotly_chart(
        group_figure(means, palette()),
        key="groups",
        theme=None,
        height=120 + 34 * max(len(means.answered), 4),
        config={"displayModeBar": False},
        alt="Mean utility of every group shown to every group answered",
    )
    means_table(means)


def likely_position(fields: Sequence[str]) -> int:
    """The field that most likely names groups: by its whole name, else by a part of it."""
    for matches in (LIKELY.fullmatch, LIKELY.search):
        for position, field in enumerate(fields):
            if matches(field):
                return position
    return 0


def means_table(means: GroupMeans) -> None:
    """One row for each pair of groups."""
    table = pd.DataFrame(
        {
            "answered": np.repeat(means.answered, len(means.shown)),
            "shown": np.tile(means.shown, len(means.answered)),
            "mean utility": means.means.ravel(),
            "pairs": means.counts.ravel(),
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 248),
        alt="Mean utilities between groups",
        column_config={"mean utility": st.column_config.NumberColumn(format="%+.4f")},
    )
