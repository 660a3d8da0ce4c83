"""How far a job is, as a record and as the file that its worker writes and everybody reads."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from delift_core.errors import UnwritableFile
from delift_core.files import json_document, read_json, refusing_unwritable, write_json


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
        return self.ended(State.INTERRUPTED, self.error or self.interruption)

    @property
    def interruption(self) -> str:
        """How far the worker came before it was stopped from outside, as a sentence."""
        where = f"while {self.doing}"
        if self.total:
            where = f"after {self.done:,} of {self.total:,}"
        return (
            f"The worker was stopped from outside {where}; what is finished is kept. Start again"
            " to continue."
        )

    def ended(self, state: State, error: str | None = None) -> "Status":
        """The same job at its end."""
        return replace(self, state=state, rate=None, left=None, error=error)


def write_status(status: Status, folder: Path) -> None:
    """Replace a job's status, or write over it where a full disk has no room for a second file.

    Raises UnwritableFile where neither is possible.
    """
    record, path = asdict(replace(status, updated=time.time())), folder / "status.json"
    try:
        write_json(record, path)
    except UnwritableFile:
        if not path.exists():
            raise
        with refusing_unwritable(path), path.open("r+", encoding="utf-8") as file:
            file.write(json_document(record))
            file.truncate()


def read_status(folder: Path) -> Status | None:
    """The status as written, None where no job ever was.

    A damaged one counts as running, which a free worker.lock then denies.
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
        state=State(record["state"]),
        task=str(record["task"]),
        doing=str(record["doing"]),
        done=int(record["done"]),
        total=int(record["total"]),
        rate=optional(float, record["rate"]),
        elapsed=float(record["elapsed"]),
        left=optional(float, record["left"]),
        error=optional(str, record["error"]),
        updated=float(record["updated"]),
        pid=optional(int, record["pid"]),
    )


T = TypeVar("T")


def optional(kind: Callable[[Any], T], value: object) -> T | None:
    """A value converted to its type, unless it is absent."""
    if value is None:
        return None
    return kind(value)
