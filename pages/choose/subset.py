"""Subset: what the examples are for, how many, and which ones that makes."""

import streamlit as st

from delift_core.charts.curves import curve_figure
from delift_core.errors import DeliftError
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent
from delift_core.wording import coverage_line, random_line
from pages.choose.budget import budget_controls
from pages.choose.constraints import constraint_controls
from pages.choose.objective import objective_controls
from pages.session import cache, state
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.guards import need_scores
from pages.widgets.literal import literal
from pages.widgets.plan_choice import plan_told
from pages.widgets.theme import palette
from pages.widgets.trust_panel import trust_panel


def outcome_figures(chosen: Outcome) -> None:
    """How far the choice reaches, in numbers and a sentence about random selections."""
    selection = chosen.selection
    with st.container(horizontal=True):
        st.metric("Chosen", f"{len(selection):,} of {chosen.objective.size:,}")
        coverage_metric(chosen)
        if selection.costs is not None:
            st.metric("Response tokens", f"{selection.costs.sum():,}")
        if eighty := chosen.examples_for(0.8):
            st.metric("Rows that reach 80 %", f"{eighty:,}")
    sentences = [random_line(chosen)]
    if selection.saturated_at is not None:
        sentences.append(
            f"From rank {selection.saturated_at + 1} on nothing adds anything: those rows are in"
            " the order of the pool."
        )
    st.caption(" ".join(sentences))
    plan_told(run)


def coverage_metric(chosen: Outcome) -> None:
    """The coverage: as counted, with imputed pairs or not, or as estimated from sampled rows."""
    if estimate := cache.coverage_estimate(run, chosen):
        low, high = estimate.bounds
        st.metric(
            "Of what the whole pool reaches",
            f"{coverage_percent(estimate.share)} \u00b1 {(high - low) / 2:.1%}",
            help=coverage_line(run.plan, chosen.coverage, estimate),
        )
    else:
        st.metric(
            "Of what the whole pool reaches",
            coverage_percent(chosen.coverage),
            help=None if run.plan.is_all else coverage_line(run.plan, chosen.coverage, None),
        )


def curve(chosen: Outcome) -> None:
    """The coverage curve with its knee, the budget and the band of random selections."""
    ranks, curve = chosen.ranks_drawn, chosen.curve
    figure = curve_figure(
        ranks,
        curve.coverage[ranks],
        (curve.lowest[ranks], curve.highest[ranks]),
        budget=len(chosen.selection),
        knee=chosen.knee,
        palette=palette(),
    )
    st.plotly_chart(
        figure,
        key="curve",
        theme=None,
        height=330,
        config={"displayModeBar": False},
        alt="Share of the whole pool's value against rows chosen, beside ten random orders",
    )


run = need_scores("Subset")
st.title("Subset")
objective_controls(run)
budget_controls(run)
constraint_controls(run)
try:
    chosen = state.chosen()
except DeliftError as refusal:
    st.error(literal(str(refusal)), icon=":material/error:")
    st.stop()
left, right = st.columns([2, 3], gap="medium")
with left:
    outcome_figures(chosen)
    curve(chosen)
with right:
    example_table(chosen.selection.indices, "chosen", state.get("group_by"))
    example_panel()
trust_panel(run, chosen)
