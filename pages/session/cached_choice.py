"""What a choice selects in a run, worked out once for all sessions.

The order is shared by all budgets of a choice, the objective by all pins, excludes and quotas.
"""

import json
from dataclasses import asdict
from pathlib import Path

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.choice import Choice, choice_of
from delift_core.selection.coverage_estimate import CoverageEstimate
from delift_core.selection.objective import Objective
from delift_core.selection.outcome import Order, Outcome
from delift_core.workflow import choose as choosing
from pages.session import cache

# of a choice: they change what is chosen, not what it is worth
CONSTRAINTS = ("budget", "pins", "excludes", "group_by", "quotas")


def _request(choice: Choice, *without: str) -> str:
    """A choice as JSON, without some of its fields."""
    fields = {name: value for name, value in asdict(choice).items() if name not in without}
    return json.dumps(fields, sort_keys=True)


@st.cache_resource(max_entries=2, show_spinner=False)
def _objective(_run: Run, folder: Path, request: str) -> Objective:
    choice = choice_of(json.loads(request))
    return choosing.objective_of(_run, choice, lambda name: cache.kernel(_run, name))


@st.cache_resource(max_entries=2, show_spinner=False)
def _last_order(_run: Run, folder: Path, request: str) -> dict[str, tuple[Choice, Order]]:
    """The last order of an objective; the next goes on from where its pins or excludes differ."""
    return {}


@st.cache_resource(max_entries=4, show_spinner="Choosing")
def _order(_run: Run, folder: Path, request: str) -> Order:
    choice = choice_of(json.loads(request))
    objective_request = _request(choice, *CONSTRAINTS)
    objective = _objective(_run, folder, objective_request)
    last = _last_order(_run, folder, objective_request)
    order = choosing.full_order(_run, choice, objective, last.get("order"))
    last["order"] = choice, order
    return order


def order(run: Run, choice: Choice) -> Order:
    """The greedy order of a choice, worked out once for all budgets."""
    return _order(run, run.folder, _request(choice, "budget"))


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(_run: Run, folder: Path, request: str) -> Outcome:
    choice = choice_of(json.loads(request))
    return choosing.outcome_within(_run, choice, order(_run, choice))


def outcome(run: Run, choice: Choice) -> Outcome:
    """What a choice selects, and the curve that its budget is a point of.

    Raises what the engine refuses: a budget too large, pins that contradict quotas.
    """
    return _outcome(run, run.folder, _request(choice))


@st.cache_resource(max_entries=64, show_spinner="Estimating how far the choice reaches")
def _coverage_estimate(_run: Run, folder: Path, request: str) -> CoverageEstimate | None:
    chosen = outcome(_run, choice_of(json.loads(request)))
    return choosing.coverage_estimate_of(_run, chosen.choice, chosen.objective, chosen.selection)


def coverage_estimate(run: Run, chosen: Outcome) -> CoverageEstimate | None:
    """The coverage of a choice estimated from sampled rows; None where every row was scored."""
    return _coverage_estimate(run, run.folder, _request(chosen.choice))
