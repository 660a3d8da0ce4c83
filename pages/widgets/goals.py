"""The selection goal: one objective of those whose kernels are scored."""

from collections.abc import Sequence

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.choice import objective_for
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES
from pages.session import address, cache, widget_state

LABEL = "Selection goal"
USUAL_GOALS = (ObjectiveName.FACILITY_LOCATION, ObjectiveName.FLQMI, ObjectiveName.FLCG)


def settle_goal(run: Run) -> list[ObjectiveName]:
    """Let the address name a goal that can be chosen; returns all that can."""
    offered = cache.scored_objectives(run)
    requested = objective_for(address.get("objective"), run.roles)
    address.put(objective=str(requested if requested in offered else offered[0]))
    return offered


def goal_names(offered: Sequence[ObjectiveName]) -> list[str]:
    """The usual goals of those offered, and the one of the address."""
    now = address.get("objective")
    return [str(name) for name in offered if name in USUAL_GOALS or name == now]


def goal_title(name: str) -> str:
    """A goal in two to four words."""
    return OBJECTIVES[ObjectiveName(name)].title


def goal_switch(run: Run) -> None:
    """The goals side by side, without their sentences."""
    widget_state.bound(
        st.segmented_control,
        LABEL,
        "objective",
        goal_names(settle_goal(run)),
        format_func=goal_title,
        required=True,
        label_visibility="collapsed",
    )


def goal_cards(offered: Sequence[ObjectiveName]) -> None:
    """One card for each goal, with its sentence."""
    names = goal_names(offered)
    widget_state.bound(
        st.radio,
        LABEL,
        "objective",
        names,
        horizontal=True,
        format_func=goal_title,
        help="What the chosen examples are for; each goal is an objective of its own.",
        captions=[OBJECTIVES[ObjectiveName(name)].sentence for name in names],
    )
