"""The command lines that repeat what was done by hand in the dashboard."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from delift_core.export.shapes import DEFAULT_SHAPE
from delift_core.selection.choice import Choice

# fields of a choice with an option of the same name
SINGLE_OPTIONS = (
    "objective",
    "budget",
    "eta",
    "nu",
    "measure",
    "transform",
    "diagonal",
    "group_by",
)
REPEATED_OPTIONS = {"pins": "--pin", "excludes": "--exclude"}


def select_command_line(folder: Path, choice: Choice) -> str:
    """`delift select` for a choice, with every option that differs from the default."""
    arguments = ["delift", "select", str(folder)]
    default = Choice()
    for name in SINGLE_OPTIONS:
        value = getattr(choice, name)
        if value != getattr(default, name):
            arguments += [f"--{name.replace('_', '-')}", str(value)]
    for name, option in REPEATED_OPTIONS.items():
        for id in getattr(choice, name):
            arguments += [option, id]
    for group, rows in choice.quotas.items():
        arguments += ["--quota", f"{group}={rows}"]
    return shlex.join(arguments)


def export_command_line(
    folder: Path,
    selection: str,
    out: str,
    shape: str = DEFAULT_SHAPE,
    added: Iterable[str] = (),
    with_dropped: bool = False,
    with_edits: bool = False,
) -> str:
    """`delift export` of a selection that is stored in a run. added: of rank, gain and verdict."""
    arguments = ["delift", "export", str(folder), "--selection", selection, "--out", out]
    if shape != DEFAULT_SHAPE:
        arguments += ["--shape", shape]
    arguments += [f"--with-{name}" for name in added]
    if with_dropped:
        arguments.append("--with-dropped")
    if with_edits:
        arguments.append("--with-edits")
    return shlex.join(arguments)


def report_command_line(folder: Path, selection: str, out: str) -> str:
    """`delift report` of a selection that is stored in a run."""
    return shlex.join(["delift", "report", str(folder), "--selection", selection, "--out", out])
