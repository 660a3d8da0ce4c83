"""Measure every page of a run of 100,000 examples with 64 pairs each; writes LARGE_RUN.md.

python -m benchmarks.large_run [WORKSPACE]: the run is made first, through the store, where the
workspace does not hold it yet (a few minutes); by default in build/bench/large.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

from benchmarks.large_acts import ACTS, Act
from benchmarks.processes import process_memory
from benchmarks.rows import (
    GIGABYTES,
    KILOBYTES,
    MILLISECONDS,
    ROOT,
    SECONDS,
    Row,
    load,
    write_report,
)
from benchmarks.serving import Server, serving
from benchmarks.synthetic_runs import synthetic_run
from benchmarks.visitor import Rerun, Visitor, visiting
from delift_core.report import document
from delift_core.runs.run import Run
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.choice import Choice

REPORT = Path(__file__).with_name("LARGE_RUN.md")
WORKSPACE = ROOT / "build" / "bench" / "large"
SIZE, PAIRS = 100_000, 64
TIMES = 5  # after the first
SECONDS_MOST, BYTES_MOST, REPORT_MOST, MEMORY_MOST = 0.5, 5_000_000, 10_000_000, 3e9


@dataclass(frozen=True)
class Taken:
    """What a rerun took of the server."""

    processor: float  # seconds
    rerun: Rerun


def taken(server: Server, visitor: Visitor, act: Act | None = None, turn: int = 0) -> Taken:
    """One act; the page drawn again without one."""
    states = [] if act is None else [act.change(visitor, turn)]
    before = processor_time(server)
    rerun = visitor.rerun(*states, within=act.within if act else "")
    if act and act.shows:
        visitor.find("markdown", act.shows)
    return Taken(processor_time(server) - before, rerun)


def processor_time(server: Server) -> float:
    """Seconds of processor time that a server took so far."""
    times = psutil.Process(server.pid).cpu_times()
    return times.user + times.system


def page_rows(server: Server, run: Run, page: str) -> Iterator[Row]:
    """A page opened for the first time, by another person, and every act on it."""
    query, before = f"run={run.id}", load()
    opened = []
    for _ in range(2):
        with visiting(server.port, page, query) as visitor:
            opened.append(taken(server, visitor))
    yield from rows_of(f"{page}: opened", opened, SECONDS_MOST, before)
    acts = (None, *ACTS[page])
    with visiting(server.port, page, query) as visitor:
        visitor.rerun()
        turns = [[taken(server, visitor, act, turn) for act in acts] for turn in range(TIMES + 1)]
    for act, times in zip(acts, zip(*turns, strict=True), strict=True):
        limit = None if act and act.chooses_anew else SECONDS_MOST
        name = act.name if act else "nothing changed"
        yield from rows_of(f"{page}: {name}", times, limit, before)


def rows_of(name: str, acts: Sequence[Taken], limit: float | None, before: float) -> Iterator[Row]:
    """What acts took and sent after the first of them, which stands beside."""
    first, *after = acts
    clock = float(np.median([act.rerun.seconds for act in after]))
    beside = f"the first {MILLISECONDS(first.processor)}; by the clock {MILLISECONDS(clock)}"
    seconds = [act.processor for act in after]
    yield Row(name, seconds, MILLISECONDS, limit, beside, before)
    sent = [act.rerun.sent for act in acts]
    yield Row(f"{name}, sent", sent, KILOBYTES, BYTES_MOST, load=before)


def report_rows(run: Run) -> Iterator[Row]:
    """The report of 30 % of the pool."""
    before, start = load(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        choice = Choice("facility_location", "30%")
        path = document.write_report(run, choice, Path(folder) / "report.html")
        size = path.stat().st_size
    yield Row("report: written", [time.process_time() - start], SECONDS, load=before)
    yield Row("report: size", [size], KILOBYTES, REPORT_MOST, load=before)


def measured(workspace: Path) -> Iterator[Row]:
    """Every page, the memory of the server that showed them, and the report."""
    run = synthetic_run(workspace, SIZE, plan=Plan(PlanKind.NEAREST, number=PAIRS))
    with serving(workspace) as server:
        for page in ACTS:
            yield from page_rows(server, run, page)
        memory = process_memory("VmHWM", server.pid) * 2**20
        yield Row("server: the most memory", [memory], GIGABYTES, MEMORY_MOST, load=load())
    yield from report_rows(run)


def main(arguments: list[str]) -> None:
    rows = []
    for row in measured(Path(*arguments) if arguments else WORKSPACE):
        print(row, flush=True)
        rows.append(row)
    write_report(rows, REPORT, "A run of 100,000 examples, measured")


if __name__ == "__main__":
    main(sys.argv[1:])
