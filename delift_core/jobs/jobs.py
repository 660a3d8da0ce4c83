"""Background work: one detached worker process for each job folder, and files that say everything
about it.

    spec.json      what was asked for: the task and its arguments
    status.json    how far it is, replaced every half second by the worker
    result.json    what came of it; a task may show a part of it early
    log.txt        what the worker printed, tracebacks included
    worker.lock    held for as long as the worker lives: this, and nothing written, tells a live job from a dead one
    start.lock     held while somebody starts or cancels the job, or looks whether its worker lives
    cancel         there when somebody wants the worker to stop

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
from delift_core.files import digest, read_json, write_json, writing
from delift_core.jobs.status import State, Status, read_status, write_status

WORKER = "delift_core.jobs.worker"  # the module that a job's process runs
ROOT = Path(delift_core.__file__).parents[1]  # where that process finds this very delift_core
SILENCE = 60.0  # seconds without a word after which a worker that cannot be seen is gone
PATIENCE = 0.5  # seconds between asking, terminating and killing a worker


# Where jobs are kept: equal requests have equal folders.


def run_job(run_folder: str | Path, task: str) -> Path:
    """The folder of a run's job."""
    return Path(run_folder) / "jobs" / task


def dataset_job(
    workspace: str | Path, arguments: Mapping, source_digest: str | None = None
) -> Path:
    """The folder of a dataset to read; source_digest is that of a local file's content, so that an
    edited file is read anew.
    """
    return Path(workspace) / "datasets" / digest([dict(arguments), source_digest])[:16]


def model_job(workspace: str | Path, task: str, arguments: Mapping) -> Path:
    """The folder of a question about a model."""
    return Path(workspace) / "models" / digest(dict(arguments))[:16] / task


# What may be done with a job.


def start(folder: str | Path, task: str, arguments: Mapping) -> None:
    """Have a worker do the task; returns when it lives, or died at once.

    The same request while it is active changes nothing.

    After a job that ended in any way a new worker begins, and a task that stores its work piece by
    piece goes on behind the last piece. Raises JobBusy while the folder's worker does something
    else.
    """
    folder = Path(folder).resolve()
    spec = json.loads(json.dumps({"task": task, "arguments": dict(arguments), "cwd": os.getcwd()}))
    with starting(folder):
        if held(folder / "worker.lock"):
            return refuse_other(folder, spec)
        with writing(folder):
            for stale in ("cancel", "result.json"):
                (folder / stale).unlink(missing_ok=True)
        write_json(spec, folder / "spec.json")
        write_status(Status(State.QUEUED, task), folder)
        launch(folder, task)


def status(folder: str | Path) -> Status | None:
    """How far a job is; None where none was ever started.

    Nothing that stands in the folder makes this raise.
    """
    folder = Path(folder)
    written = read_status(folder)
    if written is None or not written.active:
        return written
    try:
        with FileLock(folder / "start.lock", timeout=0):
            if held(folder / "worker.lock"):
                return replace(written, error=None)
            # read again: the worker may have ended well in between
            return read_status(folder).interrupted
    except Timeout:  # somebody starts, cancels or looks at this moment: what is written holds
        return written
    except OSError:  # a folder that cannot be written: its worker, if there is one, works elsewhere
        return written if abs(time.time() - written.updated) < SILENCE else written.interrupted


def cancel(folder: str | Path) -> Status | None:
    """Stop a job in under two seconds: ask, then terminate, then kill. What it has stored stays.

    Where nothing runs nothing happens.
    """
    folder = Path(folder).resolve()
    found = status(folder)
    if found is None or not found.active:
        return found
    with writing(folder / "cancel"):
        (folder / "cancel").touch()
    with FileLock(folder / "start.lock"):
        for end in ("terminate", "kill"):
            if not gone(folder):
                signal_worker(folder, end)
        written = read_status(folder)
        if gone(folder) and written.active:
            write_status(
                replace(written, state=State.CANCELLED, rate=None, left=None, error=None), folder
            )
        (folder / "cancel").unlink(missing_ok=True)
    return status(folder)


def result(folder: str | Path) -> dict | None:
    """What the task returned, or has shown so far; None before."""
    return read_json(Path(folder) / "result.json")


# How it is done.


def starting(folder: Path) -> AbstractContextManager:
    """The lock under which a job is started, in a folder that is made when it is not there."""
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
    """Start the worker and wait for its first word, a status with its pid in it."""
    apart = (
        {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        if os.name == "nt"
        else {"start_new_session": True}
    )
    log = folder / "log.txt"
    with writing(log), log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", WORKER, str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            **apart,
        )
    threading.Thread(target=worker.wait, daemon=True).start()  # so that it leaves no zombie
    while worker.poll() is None and read_status(folder).pid is None:
        time.sleep(0.01)
    if read_status(folder).pid is None:
        error = f"{task} failed before it began: {last_line(log)}. The log is {log}."
        write_status(Status(State.FAILED, task, error=error), folder)


def held(lock: Path) -> bool:
    """Whether a process holds a lock."""
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def gone(folder: Path) -> bool:
    """Whether the worker has ended, after waiting a little for it."""
    end = time.monotonic() + PATIENCE
    while held(folder / "worker.lock"):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def signal_worker(folder: Path, end: str) -> None:
    """Terminate or kill the process that holds the folder's lock and no other: it wrote its pid,
    and its command names the folder.
    """
    import psutil

    try:
        process = psutil.Process(read_status(folder).pid or 0)
        if process.cmdline()[-2:] == [WORKER, str(folder)] and held(folder / "worker.lock"):
            getattr(process, end)()
    except psutil.Error:
        return  # it went by itself


def last_line(log: Path) -> str:
    """What a log says last, without its full stop."""
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1].strip().rstrip(".") if lines else "it said nothing"
