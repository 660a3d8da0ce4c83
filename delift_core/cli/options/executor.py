"""The options that say where pieces of work are done."""

from dataclasses import dataclass

import click

from delift_core.cli.options.group import option_group
from delift_core.executors.named import LOCAL, executor_named
from delift_core.executors.work import Executor


@dataclass(frozen=True)
class ExecutorOptions:
    """An executor by name, and the threads of each of its processes."""

    executor: str
    threads: int | None

    @property
    def chosen(self) -> Executor:
        """The executor. Raises UnknownChoice, ClusterUnavailable."""
        return executor_named(self.executor, self.threads)


executor_options = option_group(
    "executor_options",
    ExecutorOptions,
    click.option(
        "--executor",
        default=LOCAL,
        show_default=True,
        metavar="NAME",
        help=(
            "Where it is done: local (this process), local:2 (so many processes), ray (a cluster"
            " of this machine), ray:HOST:PORT or ray://HOST:PORT (docs/cluster.md)."
        ),
    ),
    click.option(
        "--threads",
        type=click.IntRange(1),
        metavar="N",
        help="Threads of each process of an executor; the same number gives the same bytes.",
    ),
)
