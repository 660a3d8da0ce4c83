"""The process behind a job: python -m delift_core.jobs.worker FOLDER.

It takes the folder's lock before anything heavy is imported.
"""

import faulthandler
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from delift_core.errors import DeliftError, first_line_of, is_out_of_memory
from delift_core.files import read_json
from delift_core.jobs.progress import Cancelled, JobProgress
from delift_core.jobs.requests import stored_request
from delift_core.jobs.status import State
from delift_core.jobs.tasks import TASKS

# seconds to wait for worker.lock: who only checks it holds it for less, another worker for longer
LOCK_SECONDS = 2.0


def main(folder: Path) -> None:
    """Do a folder's task and leave its last status; nothing where another worker has the folder."""
    faulthandler.enable()
    try:
        with FileLock(folder / "worker.lock", timeout=LOCK_SECONDS):
            work(folder)
    except Timeout:
        print(f"{folder}: another worker has this job")


def work(folder: Path) -> None:
    """Run the folder's task and end its progress, however it ends."""
    spec = read_json(folder / "spec.json") or {}
    task = str(spec.get("task", "unknown"))
    progress = JobProgress(folder, task)
    try:
        progress.publish(perform(progress, spec.get("cwd", "")))
        progress.end(State.DONE)
    except Cancelled:
        progress.end(State.CANCELLED)
    except Exception as reason:  # whatever it is, the person who waits must read it
        with suppress(OSError):  # a full disk has no room for a log
            traceback.print_exc()
        progress.end(State.FAILED, failure_sentence(task, reason, folder))
        raise SystemExit(1) from reason


def perform(progress: JobProgress, directory: str = "") -> dict:
    """What the task of the job's folder returns. directory: what relative paths are relative to."""
    request = stored_request(progress.folder)
    if Path(directory).is_dir():
        os.chdir(directory)
    progress.check()
    return TASKS[request.task](request, progress)


def failure_sentence(task: str, reason: Exception, folder: Path) -> str:
    """What went wrong and what to do."""
    if isinstance(reason, DeliftError):
        return " ".join(str(reason).split())
    if is_out_of_memory(reason):
        return (
            f"{task} ran out of memory ({first_line_of(reason)}). Give a shorter context or fewer"
            " rows, or choose another device; what is finished is kept."
        )
    return f"{task} failed: {first_line_of(reason)}. The log is {folder / 'log.txt'}."


if __name__ == "__main__":
    main(Path(sys.argv[1]))
