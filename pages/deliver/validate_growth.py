"""How loss falls with the budget: the selection's method beside random selections, by group."""

import pandas as pd
import streamlit as st

from delift_core.charts.growth import growth_figure
from delift_core.validation.arms import RANDOM
from delift_core.validation.growth import Growth
from delift_core.validation.verdict import interval, nats
from pages.deliver.validate_view import ValidateView, show_table
from pages.session.cached_validation import arm_title
from pages.widgets.chart import show_chart
from pages.widgets.theme import palette

EVERYTHING = "All held-out examples"
HEIGHT = 400  # pixels


def growth_part(view: ValidateView) -> None:
    """The curves on all held-out examples or on a group, and the same numbers as a table."""
    growth, selection = view.found.growth, view.settings.selection
    if growth is None:
        return
    group = measured_group(growth)
    chart, table = st.columns([5, 4], gap="medium")
    with chart:
        titles = {name: arm_title(name) for name in (selection, RANDOM)}
        figure = growth_figure(growth, group, titles, palette())
        show_chart(figure, HEIGHT, "Loss against the number of examples that are tuned on")
    with table:
        show_table(growth_table(growth, selection, group), "Growth: loss at every budget")
        st.caption(
            "All models of a budget have equal steps, those of any two budgets equal epochs. Bands"
            " reach from the lowest to the highest model. The untuned model has a loss of"
            f" {nats(growth.untuned[group])}."
        )


def measured_group(growth: Growth) -> str | None:
    """The group that is looked at; None for all held-out examples."""
    groups = [group for group in growth.untuned if group is not None]
    if not groups:
        return None
    picked = st.selectbox(
        "Measured on",
        [EVERYTHING, *groups],
        key="growth group",
        width=260,
        help="The held-out examples whose loss is drawn: all of them, or those of one group.",
    )
    return None if picked == EVERYTHING else picked


def growth_table(growth: Growth, selection: str, group: str | None) -> pd.DataFrame:
    """A row for each budget."""
    rows = []
    for chosen, drawn in zip(growth.curve(selection, group), growth.curve(RANDOM, group)):
        low, high = (nats(end) for end in drawn.band)
        beside = chosen.beside_random  # none where both are all examples
        rows.append(
            {
                "Budget": chosen.budget,
                "Examples": chosen.rows,
                "Loss": nats(chosen.loss),
                "Random": f"{low} to {high}",
                "Against random": "" if beside is None else interval(beside),
            }
        )
    return pd.DataFrame(rows)
