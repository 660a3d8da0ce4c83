"""What a validation found within every group: the selection, sources, and groups on groups."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from delift_core.charts.group_effects import group_effects_figure, group_effects_height
from delift_core.charts.intervals import intervals_figure, intervals_height
from delift_core.units import whole_percent
from delift_core.validation.group_matrix import GroupMatrix
from delift_core.validation.statistics import Difference
from delift_core.validation.verdict import interval
from pages.deliver.validate_view import ValidateView, show_table
from pages.widgets.chart import show_chart
from pages.widgets.theme import palette

BELOW_ZERO = "Filled marks: the interval leaves 0 out. Of many, some do so by chance."


def groups_part(view: ValidateView) -> None:
    """The difference from random selections within every group."""
    differences = view.evidence.by_group
    rows = [
        {
            str(view.settings.group_by): group,
            "Examples": len(each.per_example),
            "Against random": interval(each),
            "Improved": whole_percent(each.improved),
        }
        for group, each in differences.items()
    ]
    title = "loss against random selections (nats)"
    intervals_beside(differences, rows, title)
    st.caption(f"Below 0: a lower loss than after random selections. {BELOW_ZERO}")


def sources_part(view: ValidateView) -> None:
    """What leaving each source out of the selection does, and adding all of it."""
    effects = view.found.sources
    differences = {f"{each.source}, {each.change}": each.difference for each in effects}
    rows = [
        {
            "Source": each.source,
            "Change": str(each.change),
            "Examples": each.rows,
            "Difference": interval(each.difference),
        }
        for each in effects
    ]
    intervals_beside(differences, rows, "loss against the selection as it is (nats)")
    st.caption(
        "All at equal steps. Left out and above 0: the source helps. Added and below 0: more of it"
        f" would help. {BELOW_ZERO}"
    )


def intervals_beside(differences: Mapping[str, Difference], rows: list[dict], title: str) -> None:
    """The differences as a chart, and rows beside it. title: of the axis."""
    chart, table = st.columns([5, 4], gap="medium")
    with chart:
        figure = intervals_figure(differences, title, palette())
        show_chart(figure, intervals_height(differences), f"Intervals: {title}")
    with table:
        show_table(pd.DataFrame(rows), f"Table: {title}")


def matrix_part(view: ValidateView) -> None:
    """What models of single groups are worth on every group."""
    matrix = view.found.matrix
    if matrix is None:
        return
    chart, table = st.columns([5, 4], gap="medium")
    with chart:
        figure = group_effects_figure(matrix, palette())
        alt = "Difference from the untuned model, by group tuned on and measured on"
        show_chart(figure, group_effects_height(matrix), alt)
    with table:
        show_table(matrix_table(matrix), "Groups on groups: difference from the untuned model")
    st.caption(
        "Loss against the untuned model, in nats: blue and below 0 where tuning on one group helps"
        " another. In brackets where the interval holds 0. All models have equal steps."
    )


def matrix_table(matrix: GroupMatrix) -> pd.DataFrame:
    """A row for every pair of groups."""
    rows = [
        {"Tuned on": tuned, "Measured on": measured, "Against untuned": interval(each)}
        for (tuned, measured), each in matrix.differences.items()
    ]
    return pd.DataFrame(rows)
