"""A new run takes over what another of its workspace has already scored of the same texts."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.files import beside, digest

if TYPE_CHECKING:
    from delift_core.runs.store import Run


def address(record: Mapping, *roles: str) -> str:
    """What a score depends on and nothing else: texts of the roles, model, template, scoring version."""
    return digest([record["scoring"], [record["data"][role]["texts"] for role in roles], record["model"], record["template"]])


def adopt(run: "Run", others: Iterator["Run"]) -> None:
    """Copy what another run of the workspace has already scored of the same texts with the same model and template.

    Passes over examples alone are the same under every plan; tiles are copied only where both runs draw the same pairs.
    """
    for other in others:
        if other.id == run.id:
            continue
        for role in set(run.roles) & set(other.roles):
            if address(run.record, role) == address(other.record, role):
                copy_missing(other.folder / role / "alone.parquet", run.folder / role / "alone.parquet")
        for name in set(run.possible) & set(other.possible) if run.plan.draws_like(other.plan) else ():
            if address(run.record, *name.split("_")) == address(other.record, *name.split("_")):
                for file in sorted(other.kernel_folder(name).rglob("*")):
                    copy_missing(file, run.kernel_folder(name) / file.relative_to(other.kernel_folder(name)))


def copy_missing(source: Path, target: Path) -> None:
    """Copy a file that is there into a place where none is."""
    if source.is_file() and not target.exists() and not source.name.endswith(".partial"):
        with beside(target) as partial:
            shutil.copyfile(source, partial)
