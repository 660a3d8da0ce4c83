"""Two hours' worth of work in miniature: a worker scores ten thousand tiles, a server is asked for
the page that shows it all the while.

python -m benchmarks.soak, or make soak, writes benchmarks/SOAK.md: what both keep in memory, which
must not grow.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.rows import facts
from benchmarks.serving import Server, serving
from benchmarks.small_tiles import small_tiles
from benchmarks.visitor import visiting
from delift_core.data.example import Dataset, Example, Turn
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest, score_folder
from delift_core.jobs.status import State
from delift_core.runs.run import Run
from delift_core.runs.store import create_run
from delift_core.scoring.model import load_model
from tests.conftest import save_tiny

REPORT = Path(__file__).with_name("SOAK.md")
SIZE = 174  # examples of the pool: 10 092 tiles of three pairs
EVERY = 1.0  # seconds between two looks at the page
MOST = 0.05  # that memory may grow from the middle third to the last
MEGABYTE = 2**20


@dataclass(frozen=True)
class Sample:
    """One look at the page."""

    seconds: float  # since scoring began
    done: int  # pairs
    worker: int  # bytes that the worker's process has in memory
    server: int  # bytes that the server's has


@dataclass(frozen=True)
class Kept:
    """What one process kept in memory."""

    name: str
    thirds: tuple[float, float, float]  # bytes, the median of each third of the looks
    most: int  # bytes

    @property
    def growth(self) -> float:
        """median of the last third / median of the middle third - 1"""
        return self.thirds[2] / self.thirds[1] - 1

    @property
    def is_flat(self) -> bool:
        return self.growth <= MOST

    def __str__(self) -> str:
        cells = (
            self.name,
            *(f"{third / MEGABYTE:,.1f} MB" for third in self.thirds),
            f"{self.most / MEGABYTE:,.1f} MB",
            f"{self.growth:+.2%}",
            "yes" if self.is_flat else "**no**",
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class Soaked:
    """What came of it."""

    tiles: int
    samples: Sequence[Sample]

    @property
    def processes(self) -> list[Kept]:
        return [
            kept(name, [getattr(sample, name) for sample in self.samples])
            for name in ("worker", "server")
        ]


def kept(name: str, memory: Sequence[int]) -> Kept:
    """bytes of every look -> what the process kept"""
    third = len(memory) // 3
    parts = memory[:third], memory[third:-third], memory[-third:]
    return Kept(name, tuple(statistics.median(part) for part in parts), max(memory))


def soak(workspace: Path, size: int, every: float = EVERY) -> Soaked:
    """Score a pool of so many tiny examples while its page is looked at.

    Raises what the worker failed of.
    """
    run = made_run(workspace, size)
    folder = score_folder(run.folder)
    with serving(workspace, module="benchmarks.small_tiles") as server:
        worker, jobs.WORKER = jobs.WORKER, "benchmarks.small_tiles"
        try:
            jobs.start(ScoreRequest(str(run.folder), ["pool_pool"], str(workspace), "cpu"))
            samples = list(looks(server, run, folder, every))
        finally:
            jobs.cancel(folder)
            jobs.WORKER = worker
    end = jobs.status(folder)
    if end.state is not State.DONE or run.missing("pool_pool"):
        raise RuntimeError(f"the worker ended {end.state}: {end.error}")
    return Soaked(len(run.tiles("pool_pool")), samples)


def looks(server: Server, run: Run, folder: Path, every: float) -> Iterator[Sample]:
    """Ask for the page again and again until the worker is done; what is in memory while pairs are
    scored.
    """
    began = None
    with visiting(server.port, "utilities", f"run={run.id}") as visitor:
        while (status := jobs.status(folder)).active:
            visitor.rerun()
            # the page that was just drawn may be that of finished work
            if not jobs.status(folder).active:
                return
            if status.done and status.pid:
                began = began or time.monotonic()
                try:
                    yield Sample(
                        time.monotonic() - began,
                        status.done,
                        *(
                            psutil.Process(pid).memory_info().rss
                            for pid in (status.pid, server.pid)
                        ),
                    )
                except psutil.NoSuchProcess:
                    return
            time.sleep(every)


def made_run(workspace: Path, size: int) -> Run:
    """A run of a tiny model and so many tiny examples, with nothing scored."""
    small_tiles()
    model = load_model(save_tiny(workspace / "model"), device="cpu")
    asked = [f"Add {number} and {number}" for number in range(size)]
    examples = (
        Example(f"sum-{number}", prompt, str(2 * number), (Turn("user", prompt),), {}, number + 1)
        for number, prompt in enumerate(asked)
    )
    return create_run(
        workspace,
        {"pool": Dataset(tuple(examples), source="sums.jsonl", format="made")},
        model.record,
        "chat",
    )


def report(found: Soaked) -> str:
    """The file."""
    last = found.samples[-1]
    lines = [
        "# Soak, measured",
        "",
        *facts("make soak"),
        "",
        (
            f"{found.tiles:,} tiles, {last.done:,} pairs, {last.seconds / 60:.1f} minutes, the page"
            f" asked for {len(found.samples):,} times."
        ),
        "",
        "| process | first third | middle third | last third | most | growth | within 5 % |",
        "|---|---:|---:|---:|---:|---:|---|",
        *map(str, found.processes),
        "",
        "Memory by tenth of the time (MB):",
        "",
        *tenths(found.samples),
        "",
    ]
    return "\n".join(lines)


def tenths(samples: Sequence[Sample]) -> list[str]:
    """The median of every tenth of the looks, as a table."""
    parts = [
        samples[len(samples) * tenth // 10 : len(samples) * (tenth + 1) // 10] or samples[:1]
        for tenth in range(10)
    ]
    rows = [
        f"| {name} |"
        f" {' | '.join(f'{statistics.median(getattr(one, name) for one in part) / MEGABYTE:,.1f}' for part in parts)} |"
        for name in ("worker", "server")
    ]
    return [
        f"| process | {' | '.join(str(tenth + 1) for tenth in range(10))} |",
        f"|---|{'---:|' * 10}",
        *rows,
    ]


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="delift-soak-") as folder:
        found = soak(Path(folder), int(sys.argv[1]) if len(sys.argv) > 1 else SIZE)
    REPORT.write_text(report(found), encoding="utf-8")
    print(report(found))


if __name__ == "__main__":
    main()
