"""Locks between processes: one adds to the scores of a run, one of a workspace uses a device.

A lock falls free when the process that holds it ends, however it ends.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from delift_core.errors import RunBusy
from delift_core.files import refusing_unwritable

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


def refuse_busy(folder: Path) -> None:
    """Raise RunBusy while a process scores the run in a folder, or a job works on it."""
    with scoring_lock(folder):
        pass
    for file in (*folder.glob("jobs/*/worker.lock"), *folder.glob("pairs/*/*/worker.lock")):
        lock = FileLock(file)
        if not is_acquired(lock):
            raise RunBusy(
                f"{folder}: the job in {file.parent} works on this run. Wait for it or cancel it,"
                " then try again."
            )
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
