"""What the server keeps at hand, by the name of what is on disk.

Everything here is shared by all sessions and never changed.

Arrays and datasets are never arguments of a cached function: only paths and requests are, so that
nothing is hashed by a sample.
"""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import streamlit as st

from delift_core.data.example import Dataset
from delift_core.data.text import is_single
from delift_core.errors import NotScored
from delift_core.runs import sources, store
from delift_core.runs.projections import read_projection
from delift_core.runs.run import Run
from delift_core.runs.tables import read_dataset_folder
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.kernel_names import KERNELS
from delift_core.selection.choice import Choice, choice_of, objective_for
from delift_core.selection.coverage_estimate import CoverageEstimate
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Order, Outcome
from delift_core.workflow import choose as choosing

MOST_GROUPS = 200
# of a choice: they change what is chosen, not what it is worth
CONSTRAINTS = {"budget", "pins", "excludes", "group_by", "quotas"}


@st.cache_resource(max_entries=32, show_spinner=False)
def run(workspace: Path, id: str) -> Run:
    return store.open_run(workspace / "runs" / id)


@st.cache_resource(max_entries=16, show_spinner="Reading the examples")
def _dataset(folder: Path, stored_at: int) -> Dataset:
    return read_dataset_folder(folder)


def dataset(folder: Path) -> Dataset:
    """Examples that were read and are no run yet; what is read anew is not what was kept."""
    return _dataset(folder, (folder / "examples.parquet").stat().st_mtime_ns)


@st.cache_resource(max_entries=4, show_spinner="Reading the utilities")
def _kernel(folder: Path, name: str) -> UtilityKernel:
    return store.open_run(folder).kernel(name)


def kernel(run: Run, name: str) -> UtilityKernel:
    return _kernel(run.folder, name)


@st.cache_resource(max_entries=16, show_spinner=False)
def _positions(_run: Run, folder: Path) -> dict[str, int]:
    return {example.id: index for index, example in enumerate(_run.pool)}


def position(run: Run, id: str | None) -> int | None:
    """Where an example stands in the pool; None for an id it does not have."""
    return _positions(run, run.folder).get(id)


@st.cache_resource(max_entries=16, show_spinner=False)
def _fields(_run: Run, folder: Path) -> dict[str, int]:
    values: dict[str, set] = {}
    for example in _run.pool:
        for name, value in example.extra.items():
            if is_single(value):
                values.setdefault(name, set()).add(value)
    return {name: len(found) for name, found in values.items()}


def fields(run: Run) -> list[str]:
    """The fields of the original rows that hold single values."""
    return list(_fields(run, run.folder))


def colour_fields(run: Run) -> list[str]:
    """The fields that colours can tell something of: numbers, and labels that are not nearly as
    many as the rows.
    """
    return [
        name
        for name, count in _fields(run, run.folder).items()
        if count <= len(run.pool) // 2
        or all(isinstance(example.extra.get(name), int | float | None) for example in run.pool)
    ]


def group_fields(run: Run) -> list[str]:
    """The fields whose values repeat: they name groups."""
    return [
        name
        for name, count in _fields(run, run.folder).items()
        if 1 < count <= min(MOST_GROUPS, len(run.pool) // 2)
    ]


def is_scored(run: Run, choice: Choice) -> bool:
    """Whether every kernel that a choice needs is complete."""
    try:
        needed = OBJECTIVES[objective_for(choice.objective, run.roles)].kernels
    except NotScored:
        return False
    return all(is_complete(run, name) for name in needed)


def objectives(run: Run) -> list[ObjectiveName]:
    """The objectives whose kernels are complete."""
    return [
        name
        for name, spec in OBJECTIVES.items()
        if all(
            set(KERNELS[kernel]) <= set(run.roles) and is_complete(run, kernel)
            for kernel in spec.kernels
        )
    ]


def is_complete(run: Run, name: str) -> bool:
    """Whether a kernel lacks nothing."""
    try:
        _complete(run, run.folder, name)
    except NotScored:
        return False
    return True


@st.cache_resource(show_spinner=False)
def _complete(_run: Run, folder: Path, name: str) -> None:
    """Nothing is missing of a kernel: remembered, since it stays so.

    Raises NotScored, which is not remembered.
    """
    if _run.missing(name):
        raise NotScored(f"{folder}: kernel {name} is not finished.")


@st.cache_resource(max_entries=2, show_spinner=False)
def _objective(_run: Run, folder: Path, request: str) -> Objective:
    return choosing.objective_of(
        _run, choice_of(json.loads(request)), lambda name: kernel(_run, name)
    )


@st.cache_resource(max_entries=2, show_spinner=False)
def _last_order(_run: Run, folder: Path, request: str) -> dict[str, tuple[Choice, Order]]:
    """The order worked out last of an objective: another set of pins or excludes goes on from where
    it differs.
    """
    return {}


@st.cache_resource(max_entries=4, show_spinner="Choosing")
def _order(_run: Run, folder: Path, request: str) -> Order:
    fields = json.loads(request)
    choice = choice_of(fields)
    unconstrained = {name: value for name, value in fields.items() if name not in CONSTRAINTS}
    objective_request = json.dumps(unconstrained, sort_keys=True)
    objective = _objective(_run, folder, objective_request)
    last = _last_order(_run, folder, objective_request)
    order = choosing.full_order(_run, choice, objective, last.get("order"))
    last["order"] = choice, order
    return order


def order(run: Run, choice: Choice) -> Order:
    """The greedy order of a choice; worked out once for all budgets."""
    request = {name: value for name, value in asdict(choice).items() if name != "budget"}
    return _order(run, run.folder, json.dumps(request, sort_keys=True))


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(_run: Run, folder: Path, request: str) -> Outcome:
    choice = choice_of(json.loads(request))
    return choosing.outcome_within(_run, choice, order(_run, choice))


def outcome(run: Run, choice: Choice) -> Outcome:
    """What a choice selects, and the curve that its budget is a point of.

    Raises what the engine refuses: a budget too large, pins that contradict quotas.
    """
    return _outcome(run, run.folder, json.dumps(asdict(choice), sort_keys=True))


@st.cache_resource(max_entries=64, show_spinner="Estimating how far the choice reaches")
def _coverage_estimate(_run: Run, folder: Path, request: str) -> CoverageEstimate | None:
    chosen = outcome(_run, choice_of(json.loads(request)))
    return choosing.coverage_estimate_of(_run, chosen.choice, chosen.objective, chosen.selection)


def coverage_estimate(run: Run, chosen: Outcome) -> CoverageEstimate | None:
    """The coverage of a choice estimated from sampled rows; None where every row was scored."""
    return _coverage_estimate(run, run.folder, json.dumps(asdict(chosen.choice), sort_keys=True))


@st.cache_resource(max_entries=8, show_spinner=False)
def _changed_sources(_run: Run, folder: Path, stamps: str) -> list[str]:
    return list(sources.changed_sources(_run))


def changed_sources(run: Run) -> list[str]:
    """A sentence for every file of a run that holds something else by now."""
    return _changed_sources(run, run.folder, str(sources.stamps(run)))


@st.cache_resource(max_entries=8, show_spinner=False)
def _projection(_run: Run, folder: Path, of: str, stored_at: int) -> np.ndarray:
    return read_projection(_run, of)


def projection(run: Run, of: str) -> np.ndarray | None:
    """(pool, 2) where the map puts every example, or None before it was worked out."""
    file = run.folder / "projections" / f"{of}-0.parquet"
    return _projection(run, run.folder, of, file.stat().st_mtime_ns) if file.exists() else None
