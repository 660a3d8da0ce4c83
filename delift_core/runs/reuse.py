"""A new run takes over what another of its workspace has already scored of the same texts; one
process at a time adds to what a run has scored.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from delift_core.errors import RunBusy
from delift_core.files import digest, digest_of, replacing_file
from delift_core.runs.lock import scoring_lock
from delift_core.runs.run import Run

DRAWN = "drawn.parquet"


def address(record: Mapping, *roles: str) -> str:
    """What a score depends on and nothing else: texts of the roles, model, template, scoring
    version.
    """
    return digest(
        [
            record["scoring"],
            [record["data"][role]["texts"] for role in roles],
            record["model"],
            record["template"],
        ]
    )


def adopt(run: Run, others: Iterator[Run]) -> None:
    """Copy what another run of the workspace has already scored of the same texts with the same
    model and template.

    Passes over examples alone are the same under every plan; tiles are copied only where both runs
    draw the same pairs. While another process scores the run nothing is copied.
    """
    near = [other for other in others if other.id != run.id]
    if any(is_lacking(file, place) for other in near for file, place in shared_files(run, other)):
        with suppress(RunBusy), scoring_lock(run.folder):
            for other in near:
                # looked for anew: draws may have been made in the meantime
                for file, place in shared_files(run, other):
                    copy_missing(file, place)


def shared_files(run: Run, other: Run) -> Iterator[tuple[Path, Path]]:
    """(file of the other run, where it would stand in this one) of everything that both score
    alike.
    """
    for role in set(run.roles) & set(other.roles):
        if address(run.record, role) == address(other.record, role):
            yield other.folder / role / "alone.parquet", run.folder / role / "alone.parquet"
    for name in (
        set(run.possible) & set(other.possible) if run.plan.same_pairs_as(other.plan) else ()
    ):
        if address(run.record, *name.split("_")) == address(
            other.record, *name.split("_")
        ) and has_same_draw(run, other, name):
            # the draw before its tiles
            for file in sorted(
                other.kernel_folder(name).rglob("*"), key=lambda file: file.name != DRAWN
            ):
                yield file, run.kernel_folder(name) / file.relative_to(other.kernel_folder(name))


def has_same_draw(run: Run, other: Run, name: str) -> bool:
    """Whether tiles of the other run are of the pairs of this one.

    A plan alone does not say: embeddings of another machine may differ in their last bits, so the
    draws have to be equal, or this run has none yet and nothing that was scored after one.
    """
    if run.plan.is_all:
        return True
    own, theirs = (digest_of(one.kernel_folder(name) / DRAWN) for one in (run, other))
    return theirs != "" and (own == theirs or own == "" and run.missing(name) == run.tiles(name))


def is_lacking(source: Path, target: Path) -> bool:
    """Whether a file is there, finished, and not in the other place."""
    return source.is_file() and not target.exists() and not source.name.endswith(".partial")


def copy_missing(source: Path, target: Path) -> None:
    """Copy a file that is there into a place where none is."""
    if is_lacking(source, target):
        with replacing_file(target) as partial:
            shutil.copyfile(source, partial)
