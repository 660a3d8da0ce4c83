"""How a task tells what it is doing, and learns that it should stop."""

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from delift_core.errors import UnwritableFile
from delift_core.files import write_json, writing
from delift_core.jobs.status import State, Status, write_status

HEARTBEAT = 0.5  # seconds between two writings of the status, whatever the task does meanwhile
LOOK = 0.05  # seconds between two looks for the wish to cancel
RECENT = 30.0  # seconds that the rate is taken over
PATIENCE = 2  # usual pauses between units, after which a pause counts


class Cancelled(BaseException):
    """Somebody wants the job to stop; no `except Exception` on the way keeps it from stopping."""


class Meter:
    """Units done, and the rate at which they were done lately.

    Units come many at a time, so silence between two times says nothing yet.
    """

    def __init__(self, done: int, now: float):
        self.done, self.last, self.marks = done, now, deque([(now, done)])

    def advance(self, count: int, now: float) -> None:
        if not count:
            return
        self.done, self.last = self.done + count, now
        if now - self.marks[-1][0] >= HEARTBEAT:
            self.marks.append((now, self.done))
        while len(self.marks) > 2 and self.marks[1][0] < now - RECENT:
            self.marks.popleft()

    def rate(self, now: float) -> float | None:
        """(done now - done then) / (last - then), then = the last mark older than RECENT seconds,
        or the first; after PATIENCE usual silences it falls.
        """
        then, before = self.marks[0]
        until = now if self.is_late(now) else self.last
        return (
            (self.done - before) / (until - then) if self.done > before and until > then else None
        )

    def left(self, units: int, now: float) -> float | None:
        """Seconds: what was left when units last came, counted down from there while more are on
        the way.
        """
        rate, waited = self.rate(now), 0.0 if self.is_late(now) else now - self.last
        return max((units - self.done) / rate - waited, 0.0) if rate and units else None

    def is_late(self, now: float) -> bool:
        """Whether nothing has come for much longer than usual."""
        usual = (self.last - self.marks[0][0]) / max(len(self.marks) - 1, 1)
        return now - self.last > PATIENCE * usual


class Report:
    """What a task says of itself.

    A thread writes it down at every heartbeat, so that a long silence of the task is no silence of
    the job.
    """

    def __init__(self, folder: Path, task: str):
        self.folder, self.task = folder, task
        self.state, self.what, self.units, self.error = State.RUNNING, "starting", 0, None
        self.began, self.looked = time.monotonic(), 0.0
        self.meter, self.writing, self.over = (
            Meter(0, self.began),
            threading.Lock(),
            threading.Event(),
        )
        self.write()
        self.pulse = threading.Thread(target=self.beat, daemon=True)
        self.pulse.start()

    def doing(self, what: str, state: State = State.RUNNING) -> None:
        """Say in a few words what comes now; another kind of work has another rate."""
        self.check()
        self.what, self.state, self.meter = what, state, Meter(self.meter.done, time.monotonic())
        self.write()

    def total(self, total: int, done: int = 0) -> None:
        """Say how many units there are, and how many of them an earlier worker has done."""
        self.units, self.meter = total, Meter(done, time.monotonic())
        self.write()

    def advance(self, count: int = 1) -> None:
        """Say that so many more units are done; cheap enough to be called for each."""
        self.meter.advance(count, time.monotonic())
        self.check()

    def publish(self, result: dict) -> None:
        """Show what there is of the result so far."""
        write_json(result, self.folder / "result.json")

    def check(self) -> None:
        """Raise Cancelled when somebody wants the job to stop."""
        now = time.monotonic()
        if now - self.looked >= LOOK:
            self.looked = now
            if (self.folder / "cancel").exists():
                raise Cancelled

    @contextmanager
    def device(self, device: str, workspace: str | Path) -> Iterator[None]:
        """Hold a device, one job of a workspace at a time; until it is free the job is queued."""
        locks = Path(workspace) / "locks"
        with writing(locks):
            locks.mkdir(parents=True, exist_ok=True)
        lock = FileLock(locks / f"{device}.lock")
        while not taken(lock):
            self.doing(f"waiting for the {device} (another job is using it)", State.QUEUED)
            time.sleep(LOOK)
        try:
            yield
        finally:
            lock.release()

    def beat(self) -> None:
        while not self.over.wait(HEARTBEAT):
            # the next beat tries again, and the last word fails where this one did
            with suppress(UnwritableFile):
                self.write()

    def write(self) -> None:
        with self.writing:
            write_status(self.status(), self.folder)

    def status(self) -> Status:
        """Everything said so far."""
        now = time.monotonic()
        rate = self.meter.rate(now) if self.state == State.RUNNING else None
        left = self.meter.left(self.units, now) if rate else None
        return Status(
            self.state,
            self.task,
            self.what,
            self.meter.done,
            self.units,
            rate,
            now - self.began,
            left,
            self.error,
            pid=os.getpid(),
        )

    def end(self, state: State, error: str | None = None) -> None:
        """The last word."""
        self.over.set()
        self.pulse.join()
        self.state, self.error = state, error
        self.write()


def taken(lock: FileLock) -> bool:
    """Take a lock if it is free."""
    with writing(Path(lock.lock_file)):
        try:
            lock.acquire(timeout=0)
            return True
        except Timeout:
            return False
