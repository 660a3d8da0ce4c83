"""Background work: one detached worker process a job folder, and files that say all about it.

    spec.json      the request: the task and its arguments
    status.json    how far it is, replaced every half second by the worker
    result.json    what the task returned; a task may publish a part of it early
    log.txt        what the worker printed, tracebacks included
    worker.lock    held as long as the worker lives: this alone tells a live job from a dead one
    start.lock     held while somebody starts or cancels the job, or checks whether its worker lives
    cancel         exists while somebody wants the worker to stop

Nothing is kept in memory, so a reload, a second session, a restart or a killed process loses
nothing. Light enough for a server.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from filelock import FileLock, Timeout

import delift_core
from delift_core.errors import JobBusy, UnwritableFolder
from delift_core.files import read_json, refusing_unwritable, write_json
from delift_core.jobs.requests import Request
from delift_core.jobs.status import State, Status, read_status, write_status

WORKER = "delift_core.jobs.worker"  # the module that a job's process runs
ROOT = Path(delift_core.__file__).parents[1]  # where that process finds this very delift_core
SILENCE = 60.0  # seconds without a status after which a worker that cannot be seen has ended
STOP_SECONDS = 0.5  # seconds between asking, terminating and killing a worker
# a worker outlives the process that starts it: a session or, on Windows, a group of its own
NEW_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)


def start(request: Request) -> None:
    """Have a worker do a task; returns when it lives, or died at once.

    The same request while it is active changes nothing. After a job that ended in any way a new
    worker begins, and a task that stores its work piece by piece goes on behind the last piece.
    Raises JobBusy while the folder's worker does something else, UnwritableFolder.
    """
    folder = request.folder.resolve()
    record = {"task": request.task, "arguments": request.arguments, "cwd": os.getcwd()}
    spec = json.loads(json.dumps(record))  # tuples as the lists that they are read as
    with start_lock(folder):
        if is_held(folder / "worker.lock"):
            return refuse_other(folder, spec)
        with refusing_unwritable(folder):
            for stale in ("cancel", "result.json"):
                (folder / stale).unlink(missing_ok=True)
        write_json(spec, folder / "spec.json")
        write_status(Status(State.QUEUED, request.task), folder)
        launch(folder, request.task)


def status(folder: str | Path) -> Status | None:
    """How far a job is, None where none was started. No content of the folder makes it raise."""
    folder = Path(folder)
    written = read_status(folder)
    if written is None or not written.active:
        return written
    try:
        with FileLock(folder / "start.lock", timeout=0):
            if is_held(folder / "worker.lock"):
                return replace(written, error=None)
            # read again: the worker may have ended well in between
            return (read_status(folder) or written).interrupted
    except Timeout:  # somebody starts, cancels or checks at this moment: what is written holds
        return written
    except OSError:  # a folder that cannot be written: its worker, if there is one, works elsewhere
        is_silent = abs(time.time() - written.updated) >= SILENCE
        return written.interrupted if is_silent else written


def active_job(run_folder: Path) -> Status | None:
    """A job of a run that waits or works; None while there is none."""
    folders = [file.parent for file in run_folder.glob("jobs/*/status.json")]
    found = (status(folder) for folder in folders)
    return next((job for job in found if job is not None and job.active), None)


def cancel(folder: str | Path) -> Status | None:
    """Stop a job in under two seconds: ask, then terminate, then kill.

    What it has stored stays. Where nothing runs nothing happens.
    """
    folder = Path(folder).resolve()
    current = status(folder)
    if current is None or not current.active:
        return current
    with refusing_unwritable(folder / "cancel"):
        (folder / "cancel").touch()
    with FileLock(folder / "start.lock"):
        for end in ("terminate", "kill"):
            if not has_ended(folder):
                signal_worker(folder, end)
        written = read_status(folder)
        if has_ended(folder) and written and written.active:
            write_status(written.ended(State.CANCELLED), folder)
        (folder / "cancel").unlink(missing_ok=True)
    return status(folder)


def result(folder: str | Path) -> dict | None:
    """What the task returned, or has published so far; None before."""
    return read_json(Path(folder) / "result.json")


def start_lock(folder: Path) -> AbstractContextManager:
    """The lock under which a job is started; makes its folder. Raises UnwritableFolder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return FileLock(folder / "start.lock").acquire()
    except OSError as reason:
        raise UnwritableFolder(
            f"{folder}: a job cannot keep its files here ({reason.strerror}). Work in a folder that"
            " can be written."
        ) from reason


def refuse_other(folder: Path, spec: Mapping) -> None:
    """Raise JobBusy unless the live worker does just this."""
    current = read_json(folder / "spec.json") or {}
    if any(current.get(part) != spec[part] for part in ("task", "arguments")):
        raise JobBusy(
            f"{folder}: a worker is busy here with another request. Wait for it or cancel it, then"
            " start again."
        )


def launch(folder: Path, task: str) -> None:
    """Start the worker and wait for its first status, which holds its pid."""
    log = folder / "log.txt"
    with refusing_unwritable(log), log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", WORKER, str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=os.name != "nt",
            creationflags=NEW_GROUP,
        )
    threading.Thread(target=worker.wait, daemon=True).start()  # so that it leaves no zombie
    while worker.poll() is None and worker_pid(folder) is None:
        time.sleep(0.01)
    if worker_pid(folder) is None:
        error = f"{task} failed before it began: {last_line(log)}. The log is {log}."
        write_status(Status(State.FAILED, task, error=error), folder)


def worker_pid(folder: Path) -> int | None:
    """The pid that a job's worker wrote, None before it did."""
    written = read_status(folder)
    return written.pid if written else None


def is_held(lock: Path) -> bool:
    """Whether a process holds a lock."""
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def has_ended(folder: Path) -> bool:
    """Whether the worker has ended, after waiting a little for it."""
    end = time.monotonic() + STOP_SECONDS
    while is_held(folder / "worker.lock"):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def signal_worker(folder: Path, end: str) -> None:
    """Terminate or kill the process that holds the folder's lock, and no other.

    It is the one that wrote its pid and whose command names the folder.
    """
    import psutil

    try:
        process = psutil.Process(worker_pid(folder) or 0)
        if process.cmdline()[-2:] == [WORKER, str(folder)] and is_held(folder / "worker.lock"):
            getattr(process, end)()
    except psutil.Error:
        return  # it ended by itself


def last_line(log: Path) -> str:
    """The last line of a log, without its full stop."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    if not lines:
        return "it said nothing"
    return lines[-1].strip().rstrip(".")
