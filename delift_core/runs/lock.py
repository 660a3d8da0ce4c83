"""Locks between processes: one adds to the scores of a run, names runs, or uses a device.

A lock falls free when the process that holds it ends, however it ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from delift_core.errors import RunBusy
from delift_core.files import refusing_unwritable
from delift_core.runs.record import require_record

POLL_SECONDS = 0.05  # between two tries to take a device


def scoring_lock(folder: Path) -> AbstractContextManager:
    """The lock of the run in a folder. Raises RunBusy while another process holds it."""
    with refusing_unwritable(folder):
        try:
            return FileLock(folder / "scoring.lock").acquire(timeout=0)
        except Timeout as reason:
            raise RunBusy(
                f"{folder}: another process is scoring this run. Wait for it, or stop it and try"
                " again."
            ) from reason


@contextmanager
def at_rest(folder: Path) -> Iterator[None]:
    """Hold the scoring lock of the run in a folder, on which no job works.

    Raises NotARun where it is gone, RunBusy while a process scores it or a job works on it.
    """
    require_record(folder)  # first: the lock is a file in the folder
    with scoring_lock(folder):
        refuse_jobs(folder)
        yield


def refuse_jobs(folder: Path) -> None:
    """Raise RunBusy while a job works on the run in a folder."""
    for file in (*folder.glob("jobs/*/worker.lock"), *folder.glob("pairs/*/*/worker.lock")):
        lock = FileLock(file)
        if not is_acquired(lock):
            raise RunBusy(
                f"{folder}: the job in {file.parent} works on this run. Wait for it or cancel it,"
                " then try again."
            )
        lock.release()


@contextmanager
def naming_lock(runs: Path) -> Iterator[None]:
    """Hold the names that the runs in a folder have; waits while another process gives one."""
    lock = FileLock(runs / "names.lock")
    with refusing_unwritable(runs):
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def device_lock(workspace: Path, device: str, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold a device of a workspace.

    on_wait: called every 0.05 s while another process holds it; it may raise to give up.
    """
    locks = workspace / "locks"
    with refusing_unwritable(locks):
        locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / f"{device}.lock")
    while not is_acquired(lock):
        on_wait()
        time.sleep(POLL_SECONDS)
    try:
        yield
    finally:
        lock.release()


def is_acquired(lock: FileLock) -> bool:
    """Take a lock where it is free; whether it was."""
    with refusing_unwritable(Path(lock.lock_file)):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return False
    return True
