"""What a new run copies from the other runs of its workspace: scores of the same texts."""

import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from delift_core.errors import RunBusy
from delift_core.files import digest, digest_of, replacing_file
from delift_core.runs.lock import scoring_lock
from delift_core.runs.run import Run
from delift_core.runs.unprompted import unprompted_path
from delift_core.scoring.kernel_names import KERNELS


def address(run: Run, *roles: str) -> str:
    """What a score depends on: texts of the roles, model, template and scoring version."""
    return digest(
        [
            run.record["scoring"],
            [run.data[role]["texts"] for role in roles],
            run.record["model"],
            run.record["template"],
        ]
    )


def adopt(run: Run, others: Iterable[Run]) -> None:
    """Copy what other runs have scored of the same texts with the same model and template.

    Passes over single examples are the same under every plan; tiles are copied only where both runs
    score the same pairs. While another process scores the run nothing is copied.
    """
    others = [other for other in others if other.id != run.id]
    if not any(
        is_lacking(source, target)
        for other in others
        for source, target in shared_files(run, other)
    ):
        return
    with suppress(RunBusy), scoring_lock(run.folder):
        for other in others:
            # listed again: pair masks may have been written in the meantime
            for source, target in shared_files(run, other):
                copy_missing(source, target)


def shared_files(run: Run, other: Run) -> Iterator[tuple[Path, Path]]:
    """(file of the other run, its path in this one) of everything that both score alike."""
    for role in set(run.roles) & set(other.roles):
        if has_same_address(run, other, role):
            yield other.alone_path(role), run.alone_path(role)
            yield unprompted_path(other, role), unprompted_path(run, role)
    if not run.plan.same_pairs_as(other.plan):
        return
    for name in set(run.possible) & set(other.possible):
        if has_same_address(run, other, *KERNELS[name]) and has_same_pairs(run, other, name):
            yield from kernel_files(run, other, name)


def kernel_files(run: Run, other: Run, name: str) -> Iterator[tuple[Path, Path]]:
    """(file of the other run, its path in this one) of a kernel, the pair mask before the tiles."""
    folder, mask = other.kernel_folder(name), other.pair_mask_path(name)
    for file in sorted(folder.rglob("*"), key=lambda file: file != mask):
        yield file, run.kernel_folder(name) / file.relative_to(folder)


def has_same_address(run: Run, other: Run, *roles: str) -> bool:
    """Whether scores of these roles are the same in both runs."""
    return address(run, *roles) == address(other, *roles)


def has_same_pairs(run: Run, other: Run, name: str) -> bool:
    """Whether tiles of the other run are of the pairs of this one.

    A plan alone does not say: embeddings of another machine may differ in their last bits. The pair
    masks have to be equal, or this run has none yet and no tile that was scored after one.
    """
    if run.plan.is_all:
        return True
    own, others = (digest_of(part.pair_mask_path(name)) for part in (run, other))
    if not others:
        return False
    return own == others or (not own and run.missing(name) == run.tiles(name))


def is_lacking(source: Path, target: Path) -> bool:
    """Whether a file is there and whole, and its target is not."""
    return source.is_file() and not target.exists() and not source.name.endswith(".partial")


def copy_missing(source: Path, target: Path) -> None:
    """Copy a file that is there to a path where none is."""
    if is_lacking(source, target):
        with replacing_file(target) as partial:
            shutil.copyfile(source, partial)
