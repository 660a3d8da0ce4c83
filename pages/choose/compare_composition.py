"""What every selection is made of by a field of the rows, beside the pool."""

import pandas as pd
import streamlit as st

from delift_core.charts.compositions import composition_figure, composition_height
from pages.choose.compare_view import CompareView
from pages.session import cached_fields, widget_state
from pages.widgets.chart import show_chart
from pages.widgets.table_columns import headings
from pages.widgets.theme import palette


def composition_part(view: CompareView) -> None:
    """The field, its chart, and the same numbers as a table."""
    fields = cached_fields.group_fields(view.run)
    if not fields:
        st.info("The rows have no field with few values to tell selections apart by.")
        return
    field_key = "compared by"
    widget_state.show(field_key, view.field)
    st.selectbox(
        "By",
        fields,
        key=field_key,
        on_change=widget_state.writer("compare_by", field_key),
        width=240,
    )
    (composition,) = view.comparison.compositions
    chart, table = st.columns([3, 2], gap="medium")
    with chart:
        show_chart(
            composition_figure(composition, view.looks, palette()),
            composition_height(composition),
            f"Shares of the values of {view.field} in the pool and in every selection",
        )
    with table:
        counts = {look.letter: composition.chosen[row] for row, look in enumerate(view.looks)}
        rows = pd.DataFrame({"value": composition.values, "pool": composition.pool, **counts})
        st.dataframe(
            rows,
            hide_index=True,
            height=min(35 * len(composition.values) + 38, 430),
            alt=f"Examples of every value of {view.field}",
            column_config=headings(rows),
        )
