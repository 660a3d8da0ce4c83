"""What a worker reports: that it is ready, the result of a task, or why there is none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from delift_core.errors import DeliftError, first_line_of, is_out_of_memory
from delift_core.executors.work import Perform


@dataclass(frozen=True)
class Ready:
    """It can be given tasks."""


@dataclass(frozen=True, eq=False)
class Done:
    """The result of its task."""

    result: Any
    units: int  # that the task advanced by


@dataclass(frozen=True, eq=False)
class Refused:
    """Its task, or getting ready, raised what another try would raise again."""

    error: DeliftError | MemoryError


@dataclass(frozen=True)
class Failed:
    """Its task, or getting ready, raised; the worker goes on."""

    reason: str


@dataclass(frozen=True)
class Lost:
    """The worker is no more."""

    reason: str


Report = Ready | Done | Refused | Failed | Lost


class Performer:
    """Gets ready in a worker's process, does its tasks, and reports."""

    perform: Perform

    def open(self, opener: Callable[[], Perform]) -> Report:
        """Get ready."""

        def get_ready() -> Ready:
            self.perform = opener()
            return Ready()

        return reported(get_ready)

    def do(self, payload: Any) -> Report:
        """Do a task. The worker is ready."""
        units: list[int] = []
        return reported(lambda: Done(self.perform(payload, units.append), sum(units)))


def reported(attempt: Callable[[], Ready | Done]) -> Report:
    """What an attempt reports, or what it raised, which can be pickled whatever it holds."""
    try:
        return attempt()
    except DeliftError as refusal:
        return Refused(refusal)
    except Exception as error:  # noqa: BLE001  (whatever it is, the driver must read it)
        reason = first_line_of(error)
        if is_out_of_memory(error):
            return Refused(MemoryError(reason))
        return Failed(reason)
