"""What the examples of each group give those of another, as a small matrix."""

import streamlit as st

from delift_core.charts.matrices import group_figure
from delift_core.runs.run import Run
from pages.session import cache, cached_groups, current
from pages.widgets.chart import show_chart
from pages.widgets.literal import literal
from pages.widgets.theme import palette

MOST_GROUPS = 8  # of a side
HEIGHT = 200  # pixels
HELP = (
    "Mean utility between groups: how much showing an example of a column's group helps the model"
    " answer one of a row's. Blue helps, orange hurts; the strongest are darkest."
)


def groups_panel(run: Run) -> None:
    """Mean utility of every group shown to every group answered."""
    field, kernel = cached_groups.likely(run), scored_kernel(run)
    if field is None:
        st.caption("No field of the rows has values that repeat, so there are no groups.")
        return
    means = cached_groups.mean_utilities(run, kernel, current.measure(), field, MOST_GROUPS)
    figure = group_figure(means, palette(), numbered=False)
    figure.update_layout(font={"size": 11}, margin={"t": 4, "b": 0})
    figure.update_xaxes(title=None)
    figure.update_yaxes(title=None)
    st.markdown(f"**Who helps whom**, by {literal(field)}", help=HELP)
    show_chart(figure, HEIGHT, "Mean utility of every group shown to every group answered")


def scored_kernel(run: Run) -> str:
    """The pool with itself where that is scored, else the first kernel that is."""
    return next(name for name in run.possible if cache.is_complete(run, name))
