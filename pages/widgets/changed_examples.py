"""The examples that a changed choice adds and removes, each with the reason."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from delift_core.runs.run import Run
from delift_core.units import counted
from delift_core.workflow.changes import Arrival, Departure
from pages.widgets.previews import prompt_line, response_line
from pages.widgets.table_columns import headings

MOST = 100  # examples of each list


def came_in(run: Run, came: Sequence[Arrival]) -> None:
    """Each newcomer with its rank, its gain and how many examples it covers better."""
    st.markdown(f"**{counted(len(came), 'example')} added**")
    rows = [{**asdict(arrival), **texts(run, arrival.index)} for arrival in came[:MOST]]
    change_table(rows, "Examples added", len(came))


def went_out(run: Run, went: Sequence[Departure]) -> None:
    """The examples that are chosen no more."""
    st.markdown(f"**{counted(len(went), 'example')} removed**")
    rows = [{**asdict(departure), **texts(run, departure.index)} for departure in went[:MOST]]
    change_table(rows, "Examples removed", len(went))


def texts(run: Run, index: int) -> dict[str, str]:
    """The id of an example, and what it says in two lines."""
    return {
        "example": run.pool[index].id,
        "prompt": prompt_line(run, index),
        "response": response_line(run, index),
    }


def change_table(rows: Sequence[dict], alt: str, total: int) -> None:
    """One of the two lists; nothing where it is empty."""
    if not rows:
        return
    table = pd.DataFrame(rows).drop(columns="index").set_index("example").reset_index()
    table = table.rename(columns={"covers": "covers better"})
    st.dataframe(
        table,
        hide_index=True,
        height=min(35 * len(rows) + 38, 300),
        alt=alt,
        column_config=headings(table, {"gain": st.column_config.NumberColumn(format="%.4f")}),
    )
    if total > len(rows):
        st.caption(f"The first {len(rows)} of {total:,}.")
