"""Output of the commands: sentences and a progress bar, or JSON lines; one line for a mistake."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, NoReturn

import click

from delift_core.errors import DeliftError, printable
from delift_core.units import duration

if TYPE_CHECKING:
    from rich.table import Table

PAGE_WIDTH = 160  # columns of tables when the output is no terminal
PLAIN_SECONDS = 5.0  # between progress lines when the output is no terminal


class OneLineErrors(click.Group):
    """A command group whose every mistake ends in one line and exit code 2; Ctrl-C ends in 130."""

    def main(self, args=None, prog_name=None, complete_var=None, standalone_mode=True, **extra):
        try:
            status = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
        except click.UsageError as mistake:
            command = "delift"
            if mistake.ctx:
                command = mistake.ctx.command_path
            fail(f"{on_one_line(mistake.format_message())} See {command} --help.")
        except click.ClickException as mistake:
            fail(on_one_line(mistake.message))
        except DeliftError as mistake:
            fail(str(mistake))
        except (click.Abort, KeyboardInterrupt):
            fail("Stopped. What is finished is stored; the same command continues.", 130)
        if isinstance(status, int):
            sys.exit(status)
        sys.exit(0)


def on_one_line(text: str) -> str:
    """A text with its line breaks and runs of spaces as single spaces."""
    return " ".join(text.split())


def fail(sentence: str, status: int = 2) -> NoReturn:
    """Say what is wrong on the error stream and leave."""
    print(f"delift: {printable(sentence)}", file=sys.stderr)
    sys.exit(status)


class Reporter:
    """Says what happens: each event is one line of text, or one line of JSON."""

    def __init__(self, as_json: bool = False):
        self.as_json = as_json

    def say(self, event: str, text: str, **record) -> None:
        """Print a sentence, or the event with its record as JSON."""
        line = printable(text)
        if self.as_json:
            line = json.dumps({"event": event, **record}, default=str)
        print(line, flush=True)

    def show(self, event: str, tables: "Callable[[], Iterable[Table]]", **record) -> None:
        """Print tables as wide as the terminal or a page, or the event with its record as JSON.

        tables: makes them, where they are printed.
        """
        if self.as_json:
            self.say(event, "", **record)
            return
        from rich.console import Console

        width = None if sys.stdout.isatty() else PAGE_WIDTH
        console = Console(width=width, highlight=False, markup=False, emoji=False)
        for table in tables():
            console.print(table)

    def progress(
        self, event: str, label: str, total: int, unit: str = "pairs"
    ) -> AbstractContextManager[Callable[[int], None]]:
        """A context that gives `advance(done)`: a bar on a terminal, lines elsewhere."""
        if sys.stderr.isatty() and not self.as_json:
            return progress_bar(label, total, unit)
        return self._progress_lines(event, label, total, unit)

    @contextmanager
    def _progress_lines(
        self, event: str, label: str, total: int, unit: str
    ) -> Iterator[Callable[[int], None]]:
        start = last = time.monotonic()
        done = 0

        def advance(count: int) -> None:
            nonlocal done, last
            done += count
            if count and (time.monotonic() - last >= PLAIN_SECONDS or done >= total):
                last = time.monotonic()
                rate = done / max(last - start, 1e-9)
                left = (total - done) / rate
                self.say(
                    event,
                    f"{label}: {done:,} of {total:,} {unit}, {rate:.1f} {unit}/s, {duration(left)}"
                    " left",
                    done=done,
                    total=total,
                    seconds_left=round(left, 1),
                    **{f"{unit}_per_second": round(rate, 2)},
                )

        yield advance


@contextmanager
def progress_bar(label: str, total: int, unit: str) -> Iterator[Callable[[int], None]]:
    """Units done, units per second, elapsed and time left, drawn by rich on the error stream."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TextColumn(f"{{task.fields[rate]}} {unit}/s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total, rate="...")

        def advance(count: int) -> None:
            bar.advance(task, count)
            elapsed = max(bar.tasks[0].elapsed or 0, 1e-9)
            bar.update(task, rate=f"{bar.tasks[0].completed / elapsed:.1f}")

        yield advance
