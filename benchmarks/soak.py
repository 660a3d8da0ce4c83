"""Measure the memory of a worker that scores ten thousand tiles, and of the server that shows it.

python -m benchmarks.soak, or make soak, writes benchmarks/SOAK.md: neither must grow.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.rows import facts, yes_or_no
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
MOST_GROWTH = 0.05  # that memory may grow from the middle third to the last
MEGABYTE = 2**20


@dataclass(frozen=True)
class Sample:
    """One look at the page."""

    seconds: float  # since scoring began
    done: int  # pairs
    worker: int  # bytes that the worker's process has in memory
    server: int  # bytes that the server's has


@dataclass(frozen=True)
class Memory:
    """What one process had in memory."""

    name: str
    thirds: tuple[float, float, float]  # bytes, the median of each third of the looks
    most: int  # bytes

    @property
    def growth(self) -> float:
        """median of the last third / median of the middle third - 1"""
        return self.thirds[2] / self.thirds[1] - 1

    @property
    def is_flat(self) -> bool:
        return self.growth <= MOST_GROWTH

    def __str__(self) -> str:
        cells = (
            self.name,
            *(f"{third / MEGABYTE:,.1f} MB" for third in self.thirds),
            f"{self.most / MEGABYTE:,.1f} MB",
            f"{self.growth:+.2%}",
            yes_or_no(self.is_flat),
        )
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True)
class SoakResult:
    """How many tiles were scored, and the memory meanwhile."""

    tiles: int
    samples: Sequence[Sample]

    @property
    def processes(self) -> list[Memory]:
        return [
            memory_of(name, [getattr(sample, name) for sample in self.samples])
            for name in ("worker", "server")
        ]


def memory_of(name: str, looks: Sequence[int]) -> Memory:
    """The memory of a process, from its bytes at every look."""
    third = len(looks) // 3
    parts = looks[:third], looks[third:-third], looks[-third:]
    first, middle, last = (statistics.median(part) for part in parts)
    return Memory(name, (first, middle, last), max(looks))


def soak(workspace: Path, size: int, every: float = EVERY) -> SoakResult:
    """Score a pool of so many tiny examples while its page is looked at.

    Raises what the worker failed of.
    """
    run = tiny_run(workspace, size)
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
    return SoakResult(len(run.tiles("pool_pool")), samples)


def looks(server: Server, run: Run, folder: Path, every: float) -> Iterator[Sample]:
    """Ask for the page until the worker is done: a sample after each time pairs are scored."""
    start = None
    with visiting(server.port, "scoring", f"run={run.id}") as visitor:
        while (status := jobs.status(folder)).active:
            visitor.rerun()
            # the page that was just drawn may be that of finished work
            if not jobs.status(folder).active:
                return
            if status.done and status.pid:
                start = start or time.monotonic()
                try:
                    worker, own = resident_bytes(status.pid), resident_bytes(server.pid)
                except psutil.NoSuchProcess:
                    return
                yield Sample(time.monotonic() - start, status.done, worker, own)
            time.sleep(every)


def resident_bytes(pid: int) -> int:
    """What a process has in memory. Raises psutil.NoSuchProcess where it has ended."""
    return psutil.Process(pid).memory_info().rss


def tiny_run(workspace: Path, size: int) -> Run:
    """A run of a tiny model and so many tiny examples, with nothing scored."""
    small_tiles()
    model = load_model(save_tiny(workspace / "model"), device="cpu")
    pool = Dataset(tuple(map(addition, range(size))), source="sums.jsonl", format="made")
    return create_run(workspace, {"pool": pool}, model.record, "chat")


def addition(number: int) -> Example:
    """A prompt that adds a number to itself, and the sum."""
    prompt = f"Add {number} and {number}"
    turns = (Turn("user", prompt),)
    return Example(f"sum-{number}", prompt, str(2 * number), turns, {}, number + 1)


def report(result: SoakResult) -> str:
    """The content of SOAK.md."""
    last = result.samples[-1]
    lines = [
        "# Soak, measured",
        "",
        *facts("make soak"),
        "",
        (
            f"{result.tiles:,} tiles, {last.done:,} pairs, {last.seconds / 60:.1f} minutes, the"
            f" page asked for {len(result.samples):,} times."
        ),
        "",
        "| process | first third | middle third | last third | most | growth | within 5 % |",
        "|---|---:|---:|---:|---:|---:|---|",
        *map(str, result.processes),
        "",
        "Memory by tenth of the time (MB):",
        "",
        *tenths(result.samples),
        "",
    ]
    return "\n".join(lines)


def tenths(samples: Sequence[Sample]) -> list[str]:
    """The median of every tenth of the looks, as a table."""
    parts = [
        samples[len(samples) * tenth // 10 : len(samples) * (tenth + 1) // 10] or samples[:1]
        for tenth in range(10)
    ]
    lines = [
        f"| process | {' | '.join(str(tenth + 1) for tenth in range(10))} |",
        f"|---|{'---:|' * 10}",
    ]
    for name in ("worker", "server"):
        medians = [statistics.median(getattr(sample, name) for sample in part) for part in parts]
        cells = [f"{median / MEGABYTE:,.1f}" for median in medians]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="delift-soak-") as folder:
        size = SIZE
        if len(sys.argv) > 1:
            size = int(sys.argv[1])
        text = report(soak(Path(folder), size))
    REPORT.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
