"""Selections to compare by the names that the address has for them, each worked out once."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.comparison.comparison import Entry
from delift_core.errors import UnknownChoice
from delift_core.runs.run import Run
from delift_core.runs.selections import find_selection
from delift_core.selection.choice import Choice, choice_of
from delift_core.selection.constraints import Constraints
from delift_core.selection.greedy import Selection
from delift_core.selection.imported import Ranking, read_ranking
from delift_core.selection.method import Method, MethodInputs, MethodOptions, refuse_missing
from delift_core.selection.methods import methods
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.ranking import method_selection
from delift_core.workflow.choose import settled_constraints
from delift_core.workflow.compare import options_of, run_cost
from delift_core.workflow.equal_budget import cut_to, rows_in_reach
from delift_core.workflow.methods import method_inputs
from pages.session import cache, cached_choice, cached_selections, compared
from pages.session.compared import CURRENT, FIELD_ORDERS, SAVED

SCALE = ("measure", "transform", "diagonal")  # of a choice: what utilities count as
LIMITS = ("budget", "pins", "excludes", "group_by", "quotas")  # what it must respect


@dataclass(frozen=True, eq=False)
class Called:
    """A method with what varies about it."""

    method: Method
    options: MethodOptions
    ranking: Ranking | None = None


def request_of(choice: Choice, fields: Sequence[str]) -> str:
    """Some fields of a choice as JSON."""
    values = asdict(choice)
    return json.dumps({field: values[field] for field in fields}, sort_keys=True)


def entry_of(run: Run, choice: Choice, name: str) -> tuple[Entry, str]:
    """The selection of that name under the budget of a choice, and its constraints as JSON.

    Raises what choosing refuses, UnknownChoice for a name that nothing has.
    """
    if name.startswith(SAVED):
        asked, selection = stored(run, choice, name.removeprefix(SAVED))
    elif name == CURRENT:
        asked, selection = choice, cached_choice.outcome(run, choice).selection
    else:
        asked, selection = by_method(run, choice, name)
    limits = request_of(asked, LIMITS)
    cost = None
    if selection.method in methods():
        cost = run_cost(run, methods()[selection.method], options_of(selection))
    return Entry(name, selection, constraints(run, limits), cost), limits


@st.cache_resource(max_entries=32, show_spinner=False)
def _constraints(_run: Run, folder: Path, limits: str) -> Constraints:
    return settled_constraints(_run, choice_of(json.loads(limits)))


def constraints(run: Run, limits: str) -> Constraints:
    """The budget, pins, excludes and quotas of a choice, the same object for the same limits."""
    return _constraints(run, run.folder, limits)


def stored(run: Run, choice: Choice, digest: str) -> tuple[Choice, Selection]:
    """A stored selection, cut where it is longer than the budget, and what it keeps to."""
    own, selection = cached_selections.selection(find_selection(run, digest))
    cut = cut_to(constraints(run, request_of(choice, LIMITS)), selection)
    if cut is selection:
        return own, selection
    return replace(own, budget=choice.budget), cut


def by_method(run: Run, choice: Choice, name: str) -> tuple[Choice, Selection]:
    """What a method chooses, as far as its order reaches, and what that keeps to."""
    called = call_of(run, name)
    if called.method.order is None:
        greedy = replace(choice, objective=ObjectiveName(called.method.name))
        return greedy, cached_choice.outcome(run, greedy).selection
    needed = method_inputs(run, choice, called.method, called.options, called.ranking)
    needed = replace(needed, kernel=lambda: cache.kernel(run, "pool_pool"))
    refuse_missing(called.method, needed)
    order = _order(called.method, needed, run.folder, name, choice.group_by or "")  # (ranked,)
    reach = rows_in_reach(constraints(run, request_of(choice, LIMITS)), order)
    asked = choice if reach is None else replace(choice, budget=str(reach))
    ordered = replace(called.method, order=lambda _: order)
    settled = constraints(run, request_of(asked, LIMITS))
    return asked, method_selection(ordered, needed, settled, None)


@st.cache_resource(max_entries=64, show_spinner="Ordering the pool")
def _order(
    _method: Method, _needed: MethodInputs, folder: Path, name: str, group_by: str
) -> np.ndarray:
    order = _method.order
    if order is None:
        raise ValueError(f"{name} is an objective, which greedy maximises")
    return order(_needed)


def call_of(run: Run, name: str) -> Called:
    """The method that a name of the address asks for. Raises UnknownChoice."""
    register = methods()
    if name in register:
        return Called(register[name], MethodOptions())
    for order in FIELD_ORDERS:
        if name.startswith(order):
            field = name.removeprefix(order)
            return Called(
                register["column"], MethodOptions(field=field, ascending=order == "lowest:")
            )
    file = compared.table_of(name)
    if file is None:
        raise UnknownChoice(f"Nothing that can be compared is called {name!r}. Take it off.")
    imported = ranking(run, file)
    kind = "list" if imported.scores is None else "column"
    return Called(register[kind], MethodOptions(), imported)


@st.cache_resource(max_entries=16, show_spinner="Reading the ranking")
def _ranking(_run: Run, folder: Path, file: Path) -> Ranking:
    return read_ranking(file, _run.pool)


def ranking(run: Run, file: Path) -> Ranking:
    """An imported table or list of ids. Raises what reading it refuses."""
    return _ranking(run, run.folder, file)
