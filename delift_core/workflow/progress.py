"""Progress of long work: its stages, the units that are finished, and a chance to stop it."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from delift_core.workflow.run_notes import RunNote


class Progress(Protocol):
    """Receives the progress of long work. Every call may raise, which stops the work."""

    def queue(self, reason: str) -> None:
        """Nothing is done until something else ends; called again and again while that lasts."""

    def stage(self, name: str) -> None:
        """Another kind of work begins."""

    def total(self, units: int, done: int = 0) -> None:
        """So many units are the whole; so many of them were finished before."""

    def advance(self, units: int = 1) -> None:
        """So many more units are finished; cheap enough to be called for each."""

    def note(self, note: "RunNote") -> None:
        """Something about the work that a person should know; the work goes on."""

    def check(self) -> None:
        """No progress: an opportunity to stop the work."""


class Silent:
    """A progress that nobody follows."""

    def queue(self, reason: str) -> None:
        pass

    def stage(self, name: str) -> None:
        pass

    def total(self, units: int, done: int = 0) -> None:
        pass

    def advance(self, units: int = 1) -> None:
        pass

    def note(self, note: "RunNote") -> None:
        pass

    def check(self) -> None:
        pass


SILENT = Silent()
