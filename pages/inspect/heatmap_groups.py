"""A kernel group by group: what the examples of one source, topic or task give those of another."""

import re

import numpy as np
import pandas as pd
import streamlit as st

from delift_core.charts.matrices import group_figure, strongest
from delift_core.runs.run import Run
from pages.session import cache, cached_analysis, state
from pages.widgets.theme import palette

MOST = 12  # groups of a side in the figure
LIKELY = re.compile(r"source|dataset|topic|task|category|domain|subject|type|label", re.IGNORECASE)


def kernel_groups(run: Run, name: str) -> None:
    """Pick a field; its mean utilities as a figure and a table."""
    fields = cache.group_fields(run)
    if not fields:
        st.caption("No field of the pool's rows has values that repeat, so there are no groups.")
        return
    likely = next(
        (place for place, field in enumerate(fields) if LIKELY.fullmatch(field)),
        next((place for place, field in enumerate(fields) if LIKELY.search(field)), 0),
    )
    field = st.selectbox(
        "Groups by",
        fields,
        index=likely,
        key="groups of the kernel",
        persist_state="session",
        width=260,
    )
    found = cached_analysis.mean_utilities(run, name, state.measure(), field, MOST)
    itself = ", an example with itself left out" if cache.kernel(run, name).square else ""
    st.caption(
        f"Mean utility over {found.counts.sum():,} pairs{itself}. Colours end at"
        f" ±{strongest(found):.3g}, the largest mean."
    )
    st.plotly_chart(
        group_figure(found, palette()),
        key="groups",
        theme=None,
        height=120 + 34 * max(len(found.answered), 4),
        config={"displayModeBar": False},
        alt="Mean utility of every group shown to every group answered",
    )
    # (groups squared,) both
    answered, shown = (
        np.repeat(found.answered, len(found.shown)),
        np.tile(found.shown, len(found.answered)),
    )
    table = pd.DataFrame(
        {
            "answered": answered,
            "shown": shown,
            "mean utility": found.means.ravel(),
            "pairs": found.counts.ravel(),
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        height=min(38 + 35 * len(table), 248),
        alt="Mean utilities between groups",
        column_config={"mean utility": st.column_config.NumberColumn(format="%+.4f")},
    )
