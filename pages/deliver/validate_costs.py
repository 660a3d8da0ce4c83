"""What tuning costs: known examples that are forgotten, and seconds."""

import pandas as pd
import streamlit as st

from delift_core.charts.intervals import intervals_figure, intervals_height
from delift_core.validation.verdict import interval, nats
from pages.deliver.validate_view import ValidateView, show_table
from pages.session.cached_validation import arm_title
from pages.widgets.chart import show_chart
from pages.widgets.theme import palette


def forgetting_part(view: ValidateView) -> None:
    """What every arm loses on known examples, beside what it gains on held-out ones."""
    forgetting = view.found.forgetting
    if forgetting is None:
        return
    titles = {name: arm_title(name) for name in forgetting.known}
    chart, table = st.columns(2, gap="medium")
    with chart:
        differences = {titles[name]: each for name, each in forgetting.known.items()}
        title = "known examples: loss against untuned (nats)"
        show_chart(
            intervals_figure(differences, title, palette()), intervals_height(differences), title
        )
    with table:
        rows = [
            {
                "Arm": titles[name],
                "Known examples": interval(each),
                "Held-out examples": interval(forgetting.new[name]),
            }
            for name, each in forgetting.known.items()
        ]
        show_table(pd.DataFrame(rows), "Known and held-out examples")
    st.caption(
        f"The untuned model has a loss of {nats(forgetting.before)} on the known examples. Above 0:"
        " forgotten by tuning; below 0: they profit too."
    )


def seconds_part(view: ValidateView) -> None:
    """Seconds of scoring and tuning on the selection, beside tuning on everything."""
    rows = view.found.seconds.rows
    if rows:
        st.table(
            pd.DataFrame({"Time": rows.values()}, index=pd.Index(rows, name="Work")),
            border="horizontal",
            width="content",
            alt="Time of scoring and tuning",
        )
    for note in view.found.seconds.notes:
        st.caption(note)
