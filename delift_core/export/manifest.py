"""The manifest: how a subset came about, from its pool, its selection and their provenance."""

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from delift_core.data.example import Dataset, Problem
from delift_core.selection.greedy import Selection

LEFT_OUT_LISTED = 10  # problems of a role that are listed; all of them are counted
EVERY_PAIR = {"kind": "all"}
PACKAGES = (
    "delift",
    "numpy",
    "numba",
    "pyarrow",
    "torch",
    "transformers",
    "tokenizers",
    "datasets",
)


@dataclass(frozen=True)
class Provenance:
    """What a subset depends on besides its pool and its selection."""

    target: Dataset | None = None
    known: Dataset | None = None
    held_out: Dataset | None = None
    # name, revision, dtype, context and fingerprint, as a run records them
    model: Mapping = field(default_factory=dict)
    template: str | None = None
    plan: Mapping | None = None  # which pairs were scored, as a run records it; None for every pair
    # kernel -> examples and pairs that did not fit the context, as `truncation_of` counts them
    truncated: Mapping = field(default_factory=dict)
    # how the run was scored, in sentences; its kinds are those of `run_notes`
    notes: Sequence[Mapping[str, str]] = ()
    seed: int | None = None
    # every other choice that mattered (diagonal, scaling, limits), by name
    options: Mapping = field(default_factory=dict)
    command: str = ""  # the command line that makes the same file again, byte for byte
    # the receipt of a validation of the selection, as a run keeps it; None without one
    validation: Mapping | None = None
    dropped: Sequence[str] = ()  # ids of the chosen that reviewers dropped
    left_out: bool = False  # whether the file is without them
    edited: Sequence[str] = ()  # ids of the exported whose response is as reviewers edited it


def manifest_of(pool: Dataset, chosen: Selection, provenance: Provenance = Provenance()) -> dict:
    """How a subset came about, as JSON holds it.

    It holds no time and no name of this machine, so that the same choice gives the same manifest.
    """
    roles = {
        "pool": pool,
        "target": provenance.target,
        "known": provenance.known,
        "held_out": provenance.held_out,
    }
    dropped = list(provenance.dropped)
    left_out = 0
    if provenance.left_out:
        left_out = len(dropped)
    audit: dict = {"dropped": dropped, "left_out": left_out}
    if provenance.edited:
        audit["edited"] = list(provenance.edited)
    validated = {}
    if provenance.validation is not None:
        validated["validation"] = dict(provenance.validation)
    return {
        "command": provenance.command,
        "data": {role: _data(data) for role, data in roles.items() if data is not None},
        "model": dict(provenance.model),
        "template": provenance.template,
        "plan": dict(provenance.plan or EVERY_PAIR),
        "truncated": dict(provenance.truncated),
        "notes": [dict(note) for note in provenance.notes],
        "selection": _selection(chosen),
        "seed": provenance.seed,
        "options": dict(provenance.options),
        "audit": audit,
        **validated,
        "versions": versions(),
    }


def manifest_path(path: Path) -> Path:
    """The path of an export's manifest: <path>.manifest.json."""
    return path.with_name(f"{path.name}.manifest.json")


def _data(dataset: Dataset) -> dict:
    return {
        "source": as_typed(dataset.source),
        "format": dataset.format,
        "asked": dataset.read_record and dataset.read_record.as_json,
        "examples": len(dataset),
        "collapsed": sum(map(len, dataset.collapsed.values())),
        "problems": dataset.problem_rows,
        "problem_kinds": {str(kind): count for kind, count in dataset.counts.items()},
        "left_out": [_problem(problem) for problem in dataset.left_out[:LEFT_OUT_LISTED]],
        "altered": dataset.altered,
        "notes": [{"row": note.row, "reason": note.reason} for note in dataset.notes],
        "fingerprint": dataset.fingerprint,
        "texts": dataset.text_fingerprint,
    }


def _problem(problem: Problem) -> dict:
    return {"row": problem.row, "kind": str(problem.kind), "reason": problem.reason}


def _selection(chosen: Selection) -> dict:
    described = {} if chosen.method == chosen.objective else _method(chosen)
    return described | {
        "objective": chosen.objective and str(chosen.objective),
        "parameters": dict(chosen.parameters),
        "budget": {"amount": chosen.budget.amount, "unit": str(chosen.budget.unit)},
        "chosen": len(chosen),
        "pinned": chosen.pinned,
        "value": chosen.value,
        "saturated_at": chosen.saturated_at,
    }


def _method(chosen: Selection) -> dict:
    """How a selection was chosen that no objective was maximised for."""
    return {"method": chosen.method, "method_options": dict(chosen.options)}


def as_typed(name: str) -> str:
    """A path with ~ for the home folder, so that no person's name is in it; readers expand it."""
    home = str(Path.home())
    if len(home) > 1 and f"{name}/".startswith(f"{home}/"):
        return f"~{name[len(home) :]}"
    return name


def versions(further: Sequence[str] = ()) -> dict[str, str | None]:
    """The versions of Python and of every package that decides a number or a byte.

    They are read without importing the packages; None for one that is not installed.
    """
    return {"python": platform.python_version()} | {
        package: _version(package) for package in (*PACKAGES, *further)
    }


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None
