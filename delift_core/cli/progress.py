"""The progress of scoring as a command shows it: waiting for a device, and units done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from delift_core.cli.console import Reporter
from delift_core.workflow.progress import Silent

if TYPE_CHECKING:
    from delift_core.workflow.run_notes import RunNote


class ScoringProgress(Silent):
    """Says once that a command waits for a device; counts units on a bar while there is one."""

    def __init__(self, reporter: Reporter):
        self.reporter = reporter
        self.on_advance: Callable[[int], None] | None = None
        self.is_queued = False
        self.noted: set[str] = set()  # sentences that were said

    def queue(self, reason: str) -> None:
        if not self.is_queued:
            self.reporter.say("queued", reason)
        self.is_queued = True

    def note(self, note: "RunNote") -> None:
        """Say a note, once."""
        if note.sentence not in self.noted:
            self.noted.add(note.sentence)
            self.reporter.say(str(note.kind), note.sentence, **note.record)

    @contextmanager
    def bar(self, total: int, unit: str = "pairs", label: str = "scored") -> Iterator[None]:
        """Show how many of so many units are done while the block lasts."""
        with self.reporter.progress("progress", label, total, unit) as self.on_advance:
            yield
        self.on_advance = None

    def advance(self, units: int = 1) -> None:
        if self.on_advance:
            self.on_advance(units)
