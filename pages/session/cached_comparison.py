"""The comparison of some selections of a run, each part worked out once for all sessions.

A method's order is shared by all budgets, what random selections measure by all entries that keep
to the same constraints.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from delift_core.charts.looks import MOST
from delift_core.charts.palette import DARK, LIGHT
from delift_core.charts.small_maps import pool_picture as pool_picture_of
from delift_core.comparison import comparison as comparing
from delift_core.comparison.comparison import Comparison, Entry, RandomDraws
from delift_core.comparison.curves import ComparedCurves, compared_curves
from delift_core.comparison.inputs import ComparisonInputs
from delift_core.errors import DeliftError
from delift_core.runs.projections import projection_path
from delift_core.runs.run import Run
from delift_core.selection.choice import Choice, choice_of
from delift_core.selection.constraints import Constraints
from delift_core.workflow.compare import comparison_inputs
from pages.session import cache, compared
from pages.session.cached_entries import SCALE, entry_of, request_of


@dataclass(frozen=True, eq=False)
class Gathered:
    """What is compared under one choice, and why the rest could not be chosen."""

    choice: Choice
    basis: str  # what the measures are worked out from, as JSON
    names: tuple[str, ...]  # as the address has them
    entries: tuple[Entry, ...]
    limits: tuple[str, ...]  # the constraints of each as JSON
    refused: dict[str, str]  # name -> sentence

    @property
    def key(self) -> str:
        """What tells this set from another one."""
        rows = [hash(entry.rows.tobytes()) for entry in self.entries]
        return json.dumps([self.basis, self.names, self.limits, rows])


def gather(run: Run, choice: Choice, names: Sequence[str]) -> Gathered:
    """The selections of these names; a refusal takes the place of one that cannot be chosen."""
    chosen, refused = {}, {}
    for name in names[:MOST]:
        try:
            chosen[name] = entry_of(run, choice, name)
        except DeliftError as refusal:
            refused[name] = str(refusal)
    entries, limits = (tuple(part) for part in zip(*chosen.values())) if chosen else ((), ())
    return Gathered(choice, basis_of(run, choice), tuple(chosen), entries, limits, refused)


def basis_of(run: Run, choice: Choice) -> str:
    """The scale of a choice, the kernels that are scored and the passes that are stored."""
    scored = [name for name in run.possible if cache.is_complete(run, name)]
    return json.dumps([request_of(choice, SCALE), scored, compared.pass_stamp(run)])


@st.cache_resource(max_entries=4, show_spinner=False)
def _inputs(_run: Run, folder: Path, basis: str) -> ComparisonInputs:
    choice = choice_of(json.loads(json.loads(basis)[0]))
    return comparison_inputs(_run, choice, lambda name: cache.kernel(_run, name))


@st.cache_resource(max_entries=32, show_spinner="Drawing random selections")
def _draws(
    _inputs: ComparisonInputs, _constraints: Constraints, folder: Path, basis: str, limits: str
) -> RandomDraws:
    return comparing.random_draws(_inputs, _constraints)


@st.cache_resource(max_entries=16, show_spinner="Measuring")
def _comparison(
    _run: Run, _gathered: Gathered, folder: Path, key: str, fields: tuple[str, ...]
) -> Comparison:
    inputs = _inputs(_run, folder, _gathered.basis)
    constraints = [entry.constraints for entry in _gathered.entries]
    limits = dict(zip(constraints, _gathered.limits, strict=True))

    def draw(constraints: Constraints) -> RandomDraws:
        return _draws(inputs, constraints, folder, _gathered.basis, limits[constraints])

    return comparing.compare_entries(inputs, _gathered.entries, fields, draw)


def comparison(run: Run, gathered: Gathered, fields: Sequence[str] = ()) -> Comparison:
    """The measures, overlaps and compositions of what was gathered. Raises DamagedRun."""
    return _comparison(run, gathered, run.folder, gathered.key, tuple(fields))


@st.cache_resource(max_entries=16, show_spinner=False)
def _curves(_run: Run, _gathered: Gathered, folder: Path, key: str) -> ComparedCurves | None:
    objective = _inputs(_run, folder, _gathered.basis).coverage.get("pool")
    if objective is None:
        return None
    return compared_curves(objective, _gathered.entries)


def curves(run: Run, gathered: Gathered) -> ComparedCurves | None:
    """Coverage of the pool example by example; None where its kernel is not scored."""
    return _curves(run, gathered, run.folder, gathered.key)


@st.cache_resource(max_entries=8, show_spinner=False)
def _pool_picture(_run: Run, folder: Path, kind: str, stored_at: int, dark: bool) -> str:
    points = cache.projection(_run, kind)
    if points is None:
        raise ValueError(f"the map {kind} is not there")
    return pool_picture_of(points, DARK if dark else LIGHT)


def pool_picture(run: Run, kind: str, dark: bool) -> str:
    """The pool of a map that was drawn, in grey, as the text a figure carries."""
    stored_at = projection_path(run, kind, 0).stat().st_mtime_ns
    return _pool_picture(run, run.folder, kind, stored_at, dark)
