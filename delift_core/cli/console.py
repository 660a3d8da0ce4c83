"""What the command line says and how: sentences and a progress bar for people, JSON lines for
machines, one line for a mistake.
"""

import json
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from delift_core.errors import DeliftError, printable
from delift_core.units import duration

PLAIN_SECONDS = 5.0  # between progress lines when the output is no terminal


class OneLineErrors(click.Group):
    """A command group whose every mistake ends in one line and exit code 2; Ctrl-C ends in 130."""

    def main(self, *args, **options):
        try:
            status = super().main(*args, standalone_mode=False, **options)
            sys.exit(status if isinstance(status, int) else 0)
        except click.UsageError as mistake:
            command = mistake.ctx.command_path if mistake.ctx else "delift"
            fail(f"{' '.join(mistake.format_message().split())} See {command} --help.")
        except (DeliftError, click.ClickException) as mistake:
            fail(
                " ".join(mistake.message.split())
                if isinstance(mistake, click.ClickException)
                else str(mistake)
            )
        except (click.Abort, KeyboardInterrupt):
            fail("Stopped. What is finished is stored; the same command continues.", 130)


def fail(sentence: str, status: int = 2) -> None:
    """Say what is wrong on the error stream and leave."""
    print(f"delift: {printable(sentence)}", file=sys.stderr)
    sys.exit(status)


class Reporter:
    """Says what happens: each event is one line of text, or one line of JSON."""

    def __init__(self, as_json: bool = False):
        self.as_json = as_json

    def say(self, event: str, text: str, **record) -> None:
        print(
            json.dumps({"event": event, **record}, default=str)
            if self.as_json
            else printable(text),
            flush=True,
        )

    def progress(self, event: str, label: str, total: int):
        """A context that gives `advance(done)`: a bar on a terminal, lines elsewhere, JSON lines
        when asked for.
        """
        bar = sys.stderr.isatty() and not self.as_json
        return progress_bar(label, total) if bar else self._progress_lines(event, label, total)

    @contextmanager
    def _progress_lines(
        self, event: str, label: str, total: int
    ) -> Iterator[Callable[[int], None]]:
        start, last, done = time.monotonic(), time.monotonic(), 0

        def advance(count: int) -> None:
            nonlocal done, last
            done += count
            if count and (time.monotonic() - last >= PLAIN_SECONDS or done >= total):
                last = time.monotonic()
                rate = done / max(last - start, 1e-9)
                left = (total - done) / rate
                self.say(
                    event,
                    f"{label}: {done:,} of {total:,} pairs, {rate:.1f} pairs/s, {duration(left)}"
                    " left",
                    done=done,
                    total=total,
                    pairs_per_second=round(rate, 2),
                    seconds_left=round(left, 1),
                )

        yield advance


@contextmanager
def progress_bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """Pairs done, pairs per second, elapsed and time left, drawn by rich on the error stream."""
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
        TextColumn("pairs"),
        TextColumn("{task.fields[rate]} pairs/s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(label, total=total, rate="...")

        def advance(count: int) -> None:
            bar.advance(task, count)
            bar.update(
                task, rate=f"{bar.tasks[0].completed / max(bar.tasks[0].elapsed or 0, 1e-9):.1f}"
            )

        yield advance


def command_line(**settled) -> str:
    """The command being run, with every option that differs from its default; `settled` overrides
    what was given.
    """
    context = click.get_current_context()
    words = context.command_path.split()
    for parameter in context.command.params:
        value = settled.get(parameter.name, context.params.get(parameter.name))
        if isinstance(parameter, click.Argument):
            words.append(str(value))
        elif parameter.name != "as_json" and not (
            value is None or value is False or value == parameter.get_default(context)
        ):
            for one in value if isinstance(value, tuple) else (value,):
                words += [parameter.opts[0]] if parameter.is_flag else [parameter.opts[0], str(one)]
    return shlex.join(words)
