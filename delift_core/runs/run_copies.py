"""Runs duplicated, deleted, brought back, and removed for good.

WORKSPACE/trash/FOLDER/            what was deleted, as it was; a second one of that folder's name
                                   has a number behind it
WORKSPACE/trash/FOLDER/deleted     the folder's name among the runs and what the run was called;
                                   its time is that of the deletion
WORKSPACE/trash/removed/FOLDER     what is being removed for good
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from delift_core.errors import NotARun, RunBusy, UnwritableFile
from delift_core.files import digest, read_json, refusing_unwritable, stamp_last, write_json
from delift_core.runs.lock import at_rest, naming_lock
from delift_core.runs.run import Run
from delift_core.runs.run_labels import (
    NAME_FILE,
    OPENED_FILE,
    copy_name,
    free_name,
    run_name,
    write_name,
)
from delift_core.runs.store import open_run, workspace_of

DELETED_FILE = "deleted"
REMOVED_FOLDER = "removed"  # in the trash: what is listed no more
KERNELS_FOLDER = "kernels"
# what belongs to the original: its work, its verdicts, and what it is called
NOT_COPIED = ("jobs", "*.lock", "*.partial", "audit.sqlite*", NAME_FILE, OPENED_FILE, DELETED_FILE)


class DeletedRun(NamedTuple):
    """A run in the trash."""

    run: Run
    deleted_at: datetime  # UTC
    place: str  # the name of its folder among the runs
    title: str  # what it was called


def duplicate_run(run: Run, title: str) -> Run:
    """A run of the same data, scores and selections, with no verdicts yet.

    title: what the run is called; the copy has a name made of it. Raises NotARun, RunBusy, and
    UnwritableFile where it cannot be copied whole.
    """
    with at_rest(run.folder), naming_lock(run.folder.parent):
        record = free_record(run)
        folder = folder_of(run, record)
        name = copy_name(title, folder.parent)
        with new_folder(folder):
            copy_files(run.folder, folder)
            write_name(name, folder)
            write_json(record, folder / "run.json")  # last: it makes a run
    stamp_last(folder / "run.json", folder.parent.glob("*/run.json"))
    return open_run(folder)


@contextmanager
def new_folder(folder: Path) -> Iterator[None]:
    """Make a folder, and remove it where the block does not end well. Raises UnwritableFile."""
    with refusing_unwritable(folder):
        folder.mkdir()
        try:
            yield
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise


def free_record(run: Run) -> dict:
    """The record of the next copy of a run: its number makes it another address."""
    records = ({**run.record, "copy": number} for number in count(1))
    taken = {folder.name for folder in (*run.folder.parent.glob("*"), *trash_of(run).glob("*"))}
    return next(record for record in records if folder_of(run, record).name not in taken)


def trash_of(run: Run) -> Path:
    """Where deleted runs of the same workspace lie."""
    return workspace_of(run) / "trash"


def folder_of(run: Run, record: dict) -> Path:
    """The folder beside a run that a record belongs into."""
    return run.folder.parent / digest(record)[:16]


def copy_files(source: Path, target: Path) -> None:
    """Copy what a copy of the run in a folder has of it, but for the record."""
    shutil.copytree(
        source,
        target,
        ignore=shutil.ignore_patterns("run.json", *NOT_COPIED),
        copy_function=partial(copy_file, source / KERNELS_FOLDER),
        dirs_exist_ok=True,
    )


def copy_file(kernels: Path, source: str, target: str) -> str:
    """Copy a file; one of a kernel, which is replaced and never written to, is shared."""
    if kernels in Path(source).parents:
        try:
            os.link(source, target)
        except OSError:  # a file system without links
            return shutil.copy2(source, target)
        return target
    return shutil.copy2(source, target)


def delete_run(run: Run, title: str) -> DeletedRun:
    """Move a run to the trash of its workspace, whole.

    title: what the run is called. Raises NotARun, RunBusy, UnwritableFile.
    """
    target = free_place(trash_of(run), run.id)
    with ExitStack() as held, refusing_unwritable(run.folder):
        held.enter_context(at_rest(run.folder))
        target.parent.mkdir(parents=True, exist_ok=True)
        write_json({"place": run.id, "title": title}, run.folder / DELETED_FILE)
        if os.name == "nt":  # no folder is moved there while a file in it is open, as the lock is
            held.close()
        os.replace(run.folder, target)
    return deleted_run(target)


def free_place(trash: Path, name: str) -> Path:
    """Where something of that name can be put into the trash."""
    names = (name if number == 1 else f"{name}-{number}" for number in count(1))
    return next(trash / name for name in names if not (trash / name).exists())


def deleted_run(folder: Path) -> DeletedRun:
    """What lies in a folder of the trash. Raises NotARun."""
    run, file = open_run(folder), folder / DELETED_FILE
    noted = read_json(file) or {}
    # an empty file, as it once was: what was deleted then lay in the folder of its address
    place = Path(str(noted.get("place") or digest(run.record)[:16])).name
    title = str(noted.get("title") or run_name(folder) or place)
    return DeletedRun(run, datetime.fromtimestamp(file.stat().st_mtime, UTC), place, title)


def deleted_runs(workspace: Path) -> list[DeletedRun]:
    """The runs in the trash of a workspace, the one deleted last first."""
    listed = []
    for file in Path(workspace).glob(f"trash/*/{DELETED_FILE}"):
        # as in the list of runs, what is none is passed over, and what another removes now
        with suppress(NotARun, FileNotFoundError):
            listed.append(deleted_run(file.parent))
    return sorted(listed, key=lambda deleted: deleted.deleted_at, reverse=True)


def restore_run(deleted: DeletedRun) -> Run:
    """Bring a deleted run back, under a free name where its own was given to another.

    Raises RunBusy where the same run has been made again.
    """
    folder = deleted.run.folder
    target = folder.parents[1] / "runs" / deleted.place
    if (target / "run.json").exists():
        raise RunBusy(
            f"{target}: the same run was made again since. Delete that one first, then bring this"
            " one back."
        )
    with refusing_unwritable(target), naming_lock(target.parent):
        if target.exists():  # what was written late, and made the folder anew
            os.replace(target, free_place(folder.parent, target.name))
        name = free_name(run_name(folder), target.parent)
        if name != run_name(folder):
            write_name(name, folder)
        os.replace(folder, target)
        (target / DELETED_FILE).unlink()
    return open_run(target)


def own_bytes(folder: Path) -> int:
    """What the disk gains when the run in a folder is removed: files shared with a copy stay."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):  # another removes it now
            stat = file.lstat()
            total += stat.st_size * (S_ISREG(stat.st_mode) and stat.st_nlink == 1)
    return total


def remove_run(deleted: DeletedRun) -> None:
    """Remove a deleted run for good, with what is left of removals that were cut off.

    Raises UnwritableFile where some of it cannot be removed.
    """
    folder = deleted.run.folder
    aside = folder.parent / REMOVED_FOLDER
    try:
        aside.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):  # another has removed it
            os.replace(folder, free_place(aside, folder.name))
        for rest in aside.iterdir():
            shutil.rmtree(rest)
    except OSError as reason:
        raise UnwritableFile(
            f"{folder}: not all of this deleted run could be removed ({reason.strerror}). Check the"
            " permissions, and remove what is left of the folder by hand."
        ) from reason
