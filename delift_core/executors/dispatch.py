"""Give tasks to workers until all are done; those of lost workers are given out again."""

import time
from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator
from itertools import islice
from typing import Any, Protocol

from delift_core.errors import LostWorkers, PoisonedTask
from delift_core.executors.reports import Done, Failed, Lost, Ready, Refused, Report
from delift_core.executors.work import Advance, Task

TRIES = 3  # of a task; of getting a worker ready, one after the other
WAIT_SECONDS = 0.1  # for a report, before there is an opportunity to stop
# for other workers to get ready after the first, before tasks are given out: one that would give
# other results is refused before anything is done
GATHER_SECONDS = 60.0


class Worker(Protocol):
    """A process that does one task at a time."""

    name: str  # in sentences

    def give(self, payload: Any) -> None:
        """Have it do a task. Where it is lost by now, its next report says so."""

    def end(self) -> None:
        """End it, whatever it does."""


class Crew(Protocol):
    """The workers of one piece of work."""

    def most(self) -> int:
        """How many workers there is room for now."""

    def start(self) -> Worker:
        """A new worker, which reports when it is ready."""

    def reports(self, seconds: float) -> list[tuple[Any, Report]]:
        """Workers and what they reported since the last call, after waiting for the first."""


class Dispatch:
    """Which worker does which task, and how often each was tried."""

    def __init__(self, crew: Crew, tasks: Iterable[Task]):
        self.crew, self.source = crew, iter(tasks)
        self.waiting: deque[Task] = deque()
        self.getting_ready: set[Worker] = set()
        self.idle: list[Worker] = []
        self.working: dict[Worker, Task] = {}
        self.tries: Counter[Task] = Counter()
        self.failed_starts, self.failed_start = 0, ""  # one after the other, and the last of them
        self.gather_until: float | None = None  # set when the first worker is ready
        self.error: Exception | None = None

    @property
    def workers(self) -> list[Worker]:
        return [*self.getting_ready, *self.idle, *self.working]

    def results(self, advance: Advance) -> Iterator[tuple[Any, Any]]:
        """Key and result of every task, in the order in which they become ready."""
        try:
            while self.staff():
                self.give_out()
                units = yield from self.finished(WAIT_SECONDS)
                advance(units)
                if self.error:
                    raise self.error
        except GeneratorExit:
            raise
        except BaseException:
            yield from self.finished(0.0)  # what came back meanwhile is not lost
            raise
        finally:
            for worker in self.workers:
                worker.end()

    def staff(self) -> bool:
        """Take tasks and start workers as there is room for; whether anything is left to do.

        Raises LostWorkers where there is none and none gets ready.
        """
        most = self.crew.most()
        self.waiting.extend(islice(self.source, max(max(most, 1) - len(self.waiting), 0)))
        if self.failed_starts < TRIES:
            wanted = min(most, len(self.waiting) + len(self.working))
            for _ in range(wanted - len(self.workers)):
                self.getting_ready.add(self.crew.start())
        elif not self.workers:
            raise LostWorkers(
                f"No worker gets ready: {TRIES} tries failed, the last one on {self.failed_start}."
                " Mend that and start again; what is finished is kept."
            )
        return bool(self.waiting or self.working)

    def give_out(self) -> None:
        """Give waiting tasks to idle workers, once the others had time to get ready."""
        if self.gather_until is None:
            return
        if self.getting_ready and time.monotonic() < self.gather_until:
            return
        self.gather_until = 0.0  # one that comes later holds nobody up
        while self.idle and self.waiting:
            worker, task = self.idle.pop(), self.waiting.popleft()
            self.working[worker] = task
            worker.give(task.payload)

    def finished(self, seconds: float) -> Generator[tuple[Any, Any], None, int]:
        """Key and result of the tasks that workers report as done; returns their units."""
        units = 0
        for worker, report in self.crew.reports(seconds):
            if worker in self.getting_ready:
                self.settle_new(worker, report)
            elif isinstance(report, Done):
                yield self.working.pop(worker).key, report.result
                units += report.units
                self.idle.append(worker)
            else:
                self.settle_failure(worker, report)
        return units

    def settle_new(self, worker: Worker, report: Report) -> None:
        """Keep a worker that is ready; count one that is not."""
        self.getting_ready.remove(worker)
        if isinstance(report, Ready):
            self.failed_starts = 0
            self.idle.append(worker)
            if self.gather_until is None:
                self.gather_until = time.monotonic() + GATHER_SECONDS
            return
        worker.end()
        if isinstance(report, Refused):
            self.refuse(worker, report)
        elif isinstance(report, Failed | Lost):
            self.failed_starts += 1
            self.failed_start = f"{worker.name} ({report.reason})"

    def settle_failure(self, worker: Worker, report: Report) -> None:
        """Have the task of a worker tried again; part with a worker that is lost."""
        task = self.working.pop(worker, None)
        if worker in self.idle:
            self.idle.remove(worker)
        if isinstance(report, Lost):
            worker.end()
        else:
            self.idle.append(worker)
        if task is None:
            return
        self.waiting.append(task)
        self.tries[task] += 1
        if isinstance(report, Refused):
            self.refuse(worker, report)
        elif isinstance(report, Failed | Lost) and self.tries[task] >= TRIES:
            self.error = PoisonedTask(
                f"{task.name}: {TRIES} tries failed, the last one on {worker.name}"
                f" ({report.reason}). What is finished is kept. Fewer workers leave more memory to"
                " each; if that does not help, leave these examples out."
            )

    def refuse(self, worker: Worker, report: Refused) -> None:
        """Stop with the error of a worker, once the reports that came with it are seen to."""
        self.error = type(report.error)(f"{worker.name}: {report.error}")
