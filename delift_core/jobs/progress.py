"""Progress and cancellation of a task; rewrites status.json every 0.5 s."""

import os
import threading
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from delift_core.errors import UnwritableFile
from delift_core.files import write_json
from delift_core.jobs.status import State, Status, write_status

if TYPE_CHECKING:
    from delift_core.workflow.run_notes import RunNote

HEARTBEAT = 0.5  # seconds between two writings of the status, whatever the task does meanwhile
CHECK_SECONDS = 0.05  # between two looks for the wish to cancel
RECENT = 30.0  # seconds that the rate is taken over
USUAL_PAUSES = 2  # without a unit, after which a pause lowers the rate


class Cancelled(BaseException):
    """Somebody wants the job to stop; no `except Exception` on the way keeps it from stopping."""


class Meter:
    """Units done, and their rate over the recent past.

    Units come many at a time, so silence between two times says nothing yet.
    """

    def __init__(self, done: int, now: float):
        self.done = done
        self.last = now  # when units came last
        self.marks = deque([(now, done)])

    def advance(self, count: int, now: float) -> None:
        """Count units that are done now."""
        if not count:
            return
        self.done += count
        self.last = now
        if now - self.marks[-1][0] >= HEARTBEAT:
            self.marks.append((now, self.done))
        while len(self.marks) > 2 and self.marks[1][0] < now - RECENT:
            self.marks.popleft()

    def rate(self, now: float) -> float | None:
        """Units per second: (done now - done then) / (last - then).

        then: the last mark older than RECENT seconds, or the first. After two usual pauses without
        a unit the rate falls.
        """
        then, done_then = self.marks[0]
        until = now if self.is_late(now) else self.last
        if self.done <= done_then or until <= then:
            return None
        return (self.done - done_then) / (until - then)

    def left(self, total: int, now: float) -> float | None:
        """Seconds to the end, counted down from when units last came while more are on the way."""
        rate = self.rate(now)
        if not rate or not total:
            return None
        waited = 0.0 if self.is_late(now) else now - self.last
        return max((total - self.done) / rate - waited, 0.0)

    def is_late(self, now: float) -> bool:
        """Whether nothing has come for much longer than usual."""
        usual = (self.last - self.marks[0][0]) / max(len(self.marks) - 1, 1)
        return now - self.last > USUAL_PAUSES * usual


class JobProgress:
    """The progress of a task, written to the status.json of its job folder.

    A thread writes it at every heartbeat, so that a job is not silent while its task is.
    """

    def __init__(self, folder: Path, task: str):
        self.folder, self.task = folder, task
        self.state, self.doing, self.units = State.RUNNING, "starting", 0
        self.error: str | None = None
        self.notes: list[str] = []  # for whoever reads the result
        self.began = time.monotonic()
        self.checked = 0.0  # when the wish to cancel was last looked for
        self.meter = Meter(0, self.began)
        self.writing, self.ended = threading.Lock(), threading.Event()
        self.write()
        self.heartbeat = threading.Thread(target=self.write_until_ended, daemon=True)
        self.heartbeat.start()

    def stage(self, name: str) -> None:
        """Begin another kind of work, which has a rate of its own."""
        self.check()
        self.begin(State.RUNNING, name)

    def queue(self, reason: str) -> None:
        """Be queued until the next stage."""
        self.check()
        if self.state is not State.QUEUED:
            self.begin(State.QUEUED, reason)

    def begin(self, state: State, doing: str) -> None:
        """Write what comes now, and measure the rate anew."""
        self.state, self.doing = state, doing
        self.meter = Meter(self.meter.done, time.monotonic())
        self.write()

    def total(self, units: int, done: int = 0) -> None:
        """Write how many units there are, and how many of them an earlier worker finished."""
        self.units, self.meter = units, Meter(done, time.monotonic())
        self.write()

    def advance(self, units: int = 1) -> None:
        """Count finished units."""
        self.meter.advance(units, time.monotonic())
        self.check()

    def publish(self, result: dict) -> None:
        """Write the result as far as there is one."""
        write_json(result, self.folder / "result.json")

    def note(self, note: "RunNote") -> None:
        """Keep a sentence about the work for its result."""
        self.notes.append(note.sentence)

    def check(self) -> None:
        """Raise Cancelled when somebody wants the job to stop."""
        now = time.monotonic()
        if now - self.checked < CHECK_SECONDS:
            return
        self.checked = now
        if (self.folder / "cancel").exists():
            raise Cancelled

    def write_until_ended(self) -> None:
        """Write the status at every heartbeat."""
        while not self.ended.wait(HEARTBEAT):
            # the next heartbeat tries again, and the last write raises where this one could not
            with suppress(UnwritableFile):
                self.write()

    def write(self) -> None:
        """Write the status."""
        with self.writing:
            write_status(self.status(), self.folder)

    def status(self) -> Status:
        """The status as it is now."""
        now = time.monotonic()
        rate = self.meter.rate(now) if self.state == State.RUNNING else None
        return Status(
            state=self.state,
            task=self.task,
            doing=self.doing,
            done=self.meter.done,
            total=self.units,
            rate=rate,
            elapsed=now - self.began,
            left=self.meter.left(self.units, now) if rate else None,
            error=self.error,
            pid=os.getpid(),
        )

    def end(self, state: State, error: str | None = None) -> None:
        """Write the last status, and no other after it."""
        self.ended.set()
        self.heartbeat.join()
        self.state, self.error = state, error
        self.write()
