"""How far a job is, as a record and as the file that its worker writes and everybody reads."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from delift_core.errors import UnwritableFile
from delift_core.files import read_json, spelt, write_json, writing


class State(StrEnum):
    """What a job is doing, or how it ended."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


ACTIVE = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True)
class Status:
    """How far a job is."""

    state: State
    task: str
    doing: str = "starting"
    done: int = 0
    total: int = 0  # 0 while it is not known
    rate: float | None = None  # units a second, over the recent past
    elapsed: float = 0.0  # seconds since the worker began, by its own clock
    left: float | None = None  # seconds
    error: str | None = None  # one sentence
    updated: float = 0.0  # seconds since 1970, for information only
    pid: int | None = None  # of the worker, once it lives

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def interrupted(self) -> "Status":
        """What this means when no worker is alive to change it."""
        if not self.active:
            return self
        where = f"after {self.done:,} of {self.total:,}" if self.total else f"while {self.doing}"
        error = (
            self.error
            or f"The worker was stopped from outside {where}; what is finished is kept. Start again to continue."
        )
        return replace(self, state=State.INTERRUPTED, rate=None, left=None, error=error)


def write_status(status: Status, folder: Path) -> None:
    """Replace a job's status at one stroke, or write over it: a full disk has no room for a second
    file, and must be told of.
    """
    record, path = asdict(replace(status, updated=time.time())), folder / "status.json"
    try:
        write_json(record, path)
    except UnwritableFile:
        if not path.exists():
            raise
        with writing(path), path.open("r+", encoding="utf-8") as file:
            file.write(spelt(record))
            file.truncate()


def read_status(folder: Path) -> Status | None:
    """The status as written, None where no job ever was; a damaged one counts as running, which a
    free lock then denies.
    """
    if not any((folder / name).exists() for name in ("status.json", "spec.json")):
        return None
    try:
        return status_from(read_json(folder / "status.json") or {})
    except (TypeError, KeyError, ValueError, OverflowError):
        task = str((read_json(folder / "spec.json") or {}).get("task", "unknown"))
        error = (
            f"{folder / 'status.json'}: cannot be read, and no worker is alive; what is finished is"
            " kept. Start again to continue."
        )
        return Status(State.RUNNING, task, "working", error=error)


def status_from(record: dict) -> Status:
    """The status a record was written from; anything else raises."""
    return Status(
        State(record["state"]),
        str(record["task"]),
        str(record["doing"]),
        int(record["done"]),
        int(record["total"]),
        absent_or(float, record["rate"]),
        float(record["elapsed"]),
        absent_or(float, record["left"]),
        absent_or(str, record["error"]),
        float(record["updated"]),
        absent_or(int, record["pid"]),
    )


def absent_or(kind: Callable, value: object) -> object:
    return None if value is None else kind(value)
