"""Several processes of this machine, each with a model of its own."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from multiprocessing.connection import Connection, wait
from typing import Any

from delift_core.executors.dispatch import Dispatch
from delift_core.executors.reports import Lost, Performer, Report
from delift_core.executors.work import Advance, Perform, Task, Work

END_SECONDS = 5.0  # for a killed process to be gone
SPAWN = multiprocessing.get_context("spawn")  # a fork would share the state of torch's threads


@dataclass(frozen=True)
class LocalProcesses:
    """So many processes, with so many threads each."""

    processes: int
    threads: int

    def results(
        self, work: Work, tasks: Iterable[Task], advance: Advance
    ) -> Iterator[tuple[Any, Any]]:
        yield from Dispatch(ProcessCrew(self.processes, work.open), tasks).results(advance)


class ProcessCrew:
    """The processes of one piece of work."""

    def __init__(self, processes: int, opener: Callable[[], Perform]):
        self.processes, self.opener = processes, opener
        self.numbers = count(1)
        self.workers: dict[Any, ProcessWorker] = {}  # by connection

    def most(self) -> int:
        return self.processes

    def start(self) -> "ProcessWorker":
        return ProcessWorker(next(self.numbers), self.opener, self.workers)

    def reports(self, seconds: float) -> list[tuple["ProcessWorker", Report]]:
        workers = [self.workers[connection] for connection in wait(list(self.workers), seconds)]
        return [(worker, worker.report()) for worker in workers]


class ProcessWorker:
    """A process, and the connection to it."""

    def __init__(
        self, number: int, opener: Callable[[], Perform], workers: "dict[Any, ProcessWorker]"
    ):
        """workers: connection -> each that can still report; it is added."""
        self.connection, its_end = SPAWN.Pipe()
        self.workers = workers
        self.workers[self.connection] = self
        self.process = SPAWN.Process(target=serve, args=(its_end, opener), daemon=True)
        self.process.start()
        its_end.close()
        self.name = f"worker {number} (process {self.process.pid})"

    def give(self, payload: Any) -> None:
        with suppress(OSError):  # it is lost, which its report tells
            self.connection.send(payload)

    def report(self) -> Report:
        """What it reported, or that it is lost."""
        try:
            return self.connection.recv()
        except (EOFError, OSError):
            self.process.join(END_SECONDS)
            return Lost(f"its process ended with exit code {self.process.exitcode}")

    def end(self) -> None:
        del self.workers[self.connection]
        self.process.kill()
        self.process.join(END_SECONDS)
        self.connection.close()


def serve(connection: Connection, opener: Callable[[], Perform]) -> None:
    """Do tasks until the driver is gone: what a worker's process runs."""
    threading.Thread(target=end_with_driver, daemon=True).start()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the driver too, which ends it
    performer = Performer()
    connection.send(performer.open(opener))
    with suppress(EOFError):
        while True:
            connection.send(performer.do(connection.recv()))


def end_with_driver() -> None:
    """End this process when its driver ends, however it ends."""
    driver = multiprocessing.parent_process()
    if driver:
        driver.join()
        os._exit(1)
