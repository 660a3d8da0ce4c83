"""Runs duplicated, deleted, and brought back.

WORKSPACE/trash/ADDRESS/     what was deleted, as it was; a second one of that address has a number
                             behind it
"""

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import NamedTuple

from delift_core.errors import NotARun, RunBusy
from delift_core.files import digest, refusing_unwritable, stamp_last, write_json
from delift_core.runs.lock import refuse_busy
from delift_core.runs.run import Run
from delift_core.runs.run_labels import NAME_FILE, OPENED_FILE
from delift_core.runs.store import open_run, workspace_of

DELETED_FILE = "deleted"  # an empty file: its time is that of the deletion
KERNELS_FOLDER = "kernels"
# what belongs to the original: its work, its verdicts, and what it is called
NOT_COPIED = ("jobs", "*.lock", "*.partial", "audit.sqlite*", NAME_FILE, OPENED_FILE)


class DeletedRun(NamedTuple):
    """A run in the trash."""

    run: Run
    deleted_at: datetime  # UTC


def duplicate_run(run: Run) -> Run:
    """A run of the same data, scores and selections, with no verdicts yet. Raises RunBusy."""
    refuse_busy(run.folder)
    record = free_record(run)
    folder = folder_of(run, record)
    with refusing_unwritable(folder):
        shutil.copytree(
            run.folder,
            folder,
            ignore=shutil.ignore_patterns("run.json", *NOT_COPIED),
            copy_function=copy_file,
        )
    write_json(record, folder / "run.json")  # last: it makes a run
    stamp_last(folder / "run.json", folder.parent.glob("*/run.json"))
    return open_run(folder)


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


def copy_file(source: str, target: str) -> str:
    """Copy a file; one of a kernel, which is replaced and never written to, is shared."""
    if KERNELS_FOLDER in Path(source).parts:
        try:
            os.link(source, target)
        except OSError:  # a file system without links
            return shutil.copy2(source, target)
        return target
    return shutil.copy2(source, target)


def delete_run(run: Run) -> DeletedRun:
    """Move a run to the trash of its workspace, whole. Raises RunBusy, UnwritableFile."""
    refuse_busy(run.folder)
    trash = trash_of(run)
    names = (run.id if number == 1 else f"{run.id}-{number}" for number in count(1))
    target = next(trash / name for name in names if not (trash / name).exists())
    with refusing_unwritable(run.folder):
        trash.mkdir(parents=True, exist_ok=True)
        (run.folder / DELETED_FILE).touch()
        os.replace(run.folder, target)
    return deleted_run(target)


def deleted_run(folder: Path) -> DeletedRun:
    """What lies in a folder of the trash. Raises NotARun."""
    at = (folder / DELETED_FILE).stat().st_mtime
    return DeletedRun(open_run(folder), datetime.fromtimestamp(at, UTC))


def deleted_runs(workspace: Path) -> list[DeletedRun]:
    """The runs in the trash of a workspace, the one deleted last first."""
    listed = []
    for file in Path(workspace).glob(f"trash/*/{DELETED_FILE}"):
        with suppress(NotARun):  # as in the list of runs, what is none is passed over
            listed.append(deleted_run(file.parent))
    return sorted(listed, key=lambda deleted: deleted.deleted_at, reverse=True)


def restore_run(deleted: DeletedRun) -> Run:
    """Bring a deleted run back. Raises RunBusy where the same run has been made again."""
    folder = deleted.run.folder
    target = folder.parents[1] / "runs" / folder.name.partition("-")[0]
    if target.exists():
        raise RunBusy(
            f"{target}: the same run was made again since. Delete that one first, then bring this"
            " one back."
        )
    with refusing_unwritable(target):
        os.replace(folder, target)
        (target / DELETED_FILE).unlink()
    return open_run(target)
