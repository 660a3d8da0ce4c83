"""Work in pieces: what every executor takes and gives back."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

# called with how many more units are done, 0 for an opportunity to stop the work, which it raises
Advance = Callable[[int], None]
Perform = Callable[[Any, Advance], Any]  # payload of a task -> its result


@dataclass(frozen=True, eq=False)
class Task:
    """One piece of work; it may be done twice, and any worker does it the same."""

    key: Any  # by which the driver tells results apart; stays where it is
    name: str  # in sentences
    payload: Any  # all that the piece depends on, besides what a worker has from `Work.open`


@dataclass(frozen=True, eq=False)
class Work:
    """How the tasks of one kind are done."""

    perform: Perform  # in this process
    # called once in each other process, which does tasks with what it returns; it and the payloads
    # can be pickled. Raises a DeliftError where that process would give other results.
    open: Callable[[], Perform]
    memory: int = 0  # bytes that a worker needs
    gpus: int = 0  # and whether on a GPU


class Executor(Protocol):
    """Does tasks somewhere."""

    @property
    def threads(self) -> int | None:
        """Threads of each process that computes; None: as many as it has anyway."""

    @property
    def processes(self) -> int | None:
        """How many tasks are done at a time; None: as many as a cluster has workers for."""

    def results(
        self, work: Work, tasks: Iterable[Task], advance: Advance
    ) -> Iterator[tuple[Any, Any]]:
        """Key and result of every task, as they become ready.

        tasks: taken as there are workers for them. What came back has been handed out before
        anything is raised: what advance raises, what a task raises, PoisonedTask, LostWorkers.
        """


class ThisProcess:
    """Does one task after the other, here."""

    threads = None
    processes = 1

    def results(
        self, work: Work, tasks: Iterable[Task], advance: Advance
    ) -> Iterator[tuple[Any, Any]]:
        for task in tasks:
            yield task.key, work.perform(task.payload, advance)
            advance(0)


HERE = ThisProcess()
