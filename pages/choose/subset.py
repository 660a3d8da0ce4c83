"""Subset: what the examples are for, how many, and which ones that makes."""

import streamlit as st

from delift_core.charts.curves import curve_figure
from delift_core.runs.run import Run
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent
from delift_core.wording import coverage_line, random_line
from pages.choose.subset_changes import changes_panel
from pages.choose.subset_constraints import constraint_controls
from pages.choose.subset_objective import objective_controls
from pages.choose.subset_saved import saved_bar
from pages.choose.subset_trust import trust_panel
from pages.session import address, cached_choice, current
from pages.widgets.budget import budget_controls
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.guards import need_scores
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import or_stop
from pages.widgets.theme import palette


def outcome_figures(run: Run, chosen: Outcome) -> None:
    """What the choice selects, in numbers and sentences."""
    selection = chosen.selection
    with st.container(horizontal=True):
        st.metric("Chosen", f"{len(selection):,} of {chosen.objective.size:,}")
        coverage_metric(run, chosen)
        if selection.costs is not None:
            st.metric("Response tokens", f"{selection.costs.sum():,}")
        eighty = chosen.examples_for(0.8)
        if eighty:
            st.metric("Examples needed for 80 % coverage", f"{eighty:,}")
    st.caption(outcome_sentences(chosen))
    plan_note(run)


def outcome_sentences(chosen: Outcome) -> str:
    """Random coverage, and the rank from which on the choice is arbitrary."""
    sentence = random_line(chosen)
    if chosen.selection.saturated_at is None:
        return sentence
    return (
        f"{sentence} From rank {chosen.selection.saturated_at + 1} on nothing adds anything: those"
        " rows are in the order of the pool."
    )


def coverage_metric(run: Run, chosen: Outcome) -> None:
    """The coverage: as counted, as counted with imputed pairs, or as estimated from a sample."""
    title = OBJECTIVES[chosen.selection.objective].coverage.capitalize()
    estimate = cached_choice.coverage_estimate(run, chosen)
    if estimate:
        low, high = estimate.bounds
        st.metric(
            title,
            f"{coverage_percent(estimate.coverage)} \u00b1 {(high - low) / 2:.1%}",
            help=coverage_line(run.plan, chosen.coverage, estimate),
        )
        return
    help = None
    if not run.plan.is_all:
        help = coverage_line(run.plan, chosen.coverage, None)
    st.metric(title, coverage_percent(chosen.coverage), help=help)


def coverage_figure(chosen: Outcome) -> None:
    """The coverage curve with its knee, the budget and the band of random selections."""
    budget = len(chosen.selection)
    figure = curve_figure(chosen.curve, chosen.ranks_drawn, budget, palette())
    st.plotly_chart(
        figure,
        key="curve",
        theme=None,
        height=330,
        config={"displayModeBar": False},
        alt="Coverage against examples chosen, beside ten random selections",
    )


run = need_scores("Subset")
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Subset")
    bar = st.container(width="content")
objective_controls(run)
budget_controls(run)
constraint_controls(run)
chosen = or_stop(current.chosen)
with bar:
    saved_bar(run, chosen)
summary, table = st.columns([2, 3], gap="medium")
with summary:
    outcome_figures(run, chosen)
    coverage_figure(chosen)
with table:
    example_table(run, chosen.selection.indices, "chosen", address.get("group_by"))
    example_panel(run)
changes_panel(run, chosen)
trust_panel(run, chosen)
