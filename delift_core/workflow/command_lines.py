"""The command lines that repeat what was done by hand in the dashboard."""

import shlex
from collections.abc import Iterable
from pathlib import Path

from delift_core.selection.choice import Choice

LISTS = {"pins": "--pin", "excludes": "--exclude"}


def select_command_line(folder: Path, choice: Choice) -> str:
    """`delift select` for a choice, with every option that differs from the default."""
    words, usual = ["delift", "select", str(folder)], Choice()
    for name in (
        "objective",
        "budget",
        "eta",
        "nu",
        "measure",
        "transform",
        "diagonal",
        "group_by",
    ):
        if (value := getattr(choice, name)) != getattr(usual, name):
            words += [
                f"--{name.replace('_', '-')}",
                repr(value) if isinstance(value, float) else str(value),
            ]
    for name, option in LISTS.items():
        words += [word for id in getattr(choice, name) for word in (option, id)]
    return shlex.join(
        words
        + [word for group, most in choice.quotas.items() for word in ("--quota", f"{group}={most}")]
    )


def export_command_line(
    folder: Path,
    selection: str,
    out: str,
    shape: str,
    added: Iterable[str] = (),
    without_dropped: bool = False,
) -> str:
    """`delift export` of a kept selection. added: of rank, gain and verdict."""
    words = ["delift", "export", str(folder), "--selection", selection, "--out", out]
    words += ["--shape", shape] if shape != "original" else []
    words += [f"--with-{name}" for name in added]
    return shlex.join(words + ["--without-dropped"] * without_dropped)


def report_command_line(folder: Path, selection: str, out: str) -> str:
    """`delift report` of a kept selection."""
    return shlex.join(["delift", "report", str(folder), "--selection", selection, "--out", out])
