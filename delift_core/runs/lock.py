"""One process at a time adds to what a run has scored."""

from contextlib import AbstractContextManager
from pathlib import Path

from filelock import FileLock, Timeout

from delift_core.errors import RunBusy
from delift_core.files import writing


def scoring_lock(folder: Path) -> AbstractContextManager:
    """The lock of the run in a folder, or the sentence that another process has it; it falls free
    when that process ends, however it ends.
    """
    with writing(folder):
        try:
            return FileLock(folder / "scoring.lock").acquire(timeout=0)
        except Timeout as reason:
            raise RunBusy(
                f"{folder}: another process is scoring this run. Wait for it, or stop it and try"
                " again."
            ) from reason
