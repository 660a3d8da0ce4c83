"""Subset: what the examples are for, how many, and which ones that makes."""

import streamlit as st

from delift_core.charts.curves import curve_figure, pick_points
from delift_core.runs.run import Run
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent, coverage_range, percent
from delift_core.wording import coverage_line, random_title
from pages.choose.subset_changes import changes_panel
from pages.choose.subset_constraints import constraint_controls
from pages.choose.subset_objective import scale_controls
from pages.choose.subset_saved import saved_bar
from pages.choose.subset_trust import trust_panel
from pages.session import address, cached_choice, current, widget_state
from pages.widgets.budget import budget_controls
from pages.widgets.composition_panel import composition_panel
from pages.widgets.example_panel import example_panel
from pages.widgets.example_table import example_table
from pages.widgets.goals import goal_cards, settle_goal
from pages.widgets.guards import need_scores
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import or_stop
from pages.widgets.theme import palette

CURVE = "curve"  # the key of the chart
COVERAGE_HELP = "What the chosen are worth to the goal, as a share of what the whole pool is."
RANDOM_HELP = "Lowest and highest coverage of random selections under the same budget and limits."
TOKENS_HELP = "Tokens of all chosen responses together."
EIGHTY_HELP = "The fewest examples on the curve that give 80 % coverage."


def outcome_figures(run: Run, chosen: Outcome) -> None:
    """What the choice selects, in numbers, and what to know of them."""
    selection = chosen.selection
    with st.container(horizontal=True, gap="medium"):
        figure("Chosen", f"{len(selection):,} of {chosen.objective.size:,}")
        coverage_figures(run, chosen)
        if selection.costs is not None:
            figure("Response tokens", f"{selection.costs.sum():,}", TOKENS_HELP)
        eighty = chosen.examples_for(0.8)
        if eighty:
            figure("For 80 % coverage", f"{eighty:,}", EIGHTY_HELP)
    saturation_note(chosen)
    plan_note(run)


def figure(title: str, value: str, help: str | None = None) -> None:
    """One number, as wide as it is."""
    st.metric(title, value, help=help, width="content")


def coverage_figures(run: Run, chosen: Outcome) -> None:
    """The coverage, as counted or as estimated from a sample, and that of random selections."""
    estimate = cached_choice.coverage_estimate(run, chosen)
    coverage = coverage_percent(chosen.coverage)
    if estimate:
        low, high = estimate.bounds
        coverage = f"{coverage_percent(estimate.coverage)} \u00b1 {percent((high - low) / 2)}"
    spec = OBJECTIVES[chosen.selection.objective]
    line = coverage_line(run.plan, chosen.coverage, estimate, spec.coverage)
    figure(spec.coverage.capitalize(), coverage, f"{COVERAGE_HELP} {line.capitalize()}.")
    figure(random_title(chosen), coverage_range(*chosen.random_range), RANDOM_HELP)


def saturation_note(chosen: Outcome) -> None:
    """The rank from which on the choice is arbitrary, where there is one."""
    if chosen.selection.saturated_at is not None:
        st.caption(
            f"From rank {chosen.selection.saturated_at + 1} on nothing adds anything: those"
            " examples are in the order of the pool."
        )


def coverage_figure(chosen: Outcome) -> None:
    """The coverage curve beside random selections; a click on it sets the budget."""
    budget = len(chosen.selection)
    curve = curve_figure(chosen.curve, chosen.ranks_drawn, budget, palette())
    pick_points(curve)
    st.plotly_chart(
        curve,
        key=CURVE,
        theme=None,
        height=240,
        on_select=take_budget,
        selection_mode="points",
        config={"displayModeBar": False},
        alt="Coverage against examples chosen, beside ten random selections",
    )


def take_budget() -> None:
    """Ask for as many examples as were clicked."""
    points = widget_state.selection(CURVE)["points"]
    if points and points[0]["x"] >= 1:
        address.put(budget=str(int(points[0]["x"])))


run = need_scores("Subset")
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Subset")
    bar = st.container(width="content")
offered = settle_goal(run)
goal_cards(offered)
budget_controls(run)
scale, constraints = st.columns(2, gap="medium")
with scale:
    scale_controls(offered)
with constraints:
    constraint_controls(run)
chosen = or_stop(current.chosen)
with bar:
    saved_bar(run, chosen)
outcome_figures(run, chosen)
grid = st.grid(3, min_column_width=280, gap="medium")
with grid.cell():
    coverage_figure(chosen)
    composition_panel(run, chosen)
with grid.cell():
    example_table(run, chosen.selection.indices, "chosen", address.get("group_by"))
with grid.cell():
    example_panel(run)
changes_panel(run, chosen)
trust_panel(run, chosen)
