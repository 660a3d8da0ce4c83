"""Measure choosing beside submodlib and apricot and write benchmarks/RESULTS.md.

python -m benchmarks.selection, or make bench.
"""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.processes import module_output
from benchmarks.rows import facts, load, print_and_write
from benchmarks.selection_peers import BUDGET, apricot, ours, submodlib
from benchmarks.synthetic_kernels import (
    KERNELS,
    NEAREST,
    STRIP,
    sparse_kernel,
    synthetic_kernel,
)
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.similarity import column_major

REPORT = Path(__file__).with_name("RESULTS.md")
# rounds in which all three choose one after the other; ours chooses five times in each
ROUNDS = {5_000: 3, 10_000: 1}
HUGE = 20_000  # examples of the largest dense kernel
POOL = 100_000  # examples of the sparse kernel
HEAD = (
    (
        "| kernel | n | ours | submodlib | apricot | apricot without compiling | submodlib / ours |"
        " apricot / ours | without compiling / ours | reads | load |"
    ),
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


def seconds(work: Callable, *arguments) -> float:
    """Processor time: waiting for a core does not count, waiting for memory does."""
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def time_cell(value: float) -> str:
    """0.012 s, 3.4 s"""
    if value < 1:
        return f"{value:,.3f} s"
    return f"{value:,.1f} s"


@dataclass(frozen=True)
class Race:
    """Medians of one kernel, in seconds."""

    kind: str
    size: int
    own: float
    submodlib: float
    apricot: float
    compiling: float  # what apricot takes for fifty examples: it compiles at every fit
    read: float  # of the kernel's largest number
    load: float

    def __str__(self) -> str:
        bare = max(self.apricot - self.compiling, 0.0)
        others = (self.submodlib, self.apricot, bare)
        times = [time_cell(value) for value in (self.own, *others)]
        ratios = [f"{value / self.own:.0f}" for value in others]
        reads = f"{self.own / self.read:.1f}"
        cells = [self.kind, f"{self.size:,}", *times, *ratios, reads, f"{self.load:.1f}"]
        return f"| {' | '.join(cells)} |"


def race(kind: str, size: int, rounds: int) -> Race:
    """All three on one kernel, one after the other, round by round."""
    load_before = load()
    similarity = synthetic_kernel(kind, size)
    rows = np.ascontiguousarray(similarity)
    small = np.ascontiguousarray(synthetic_kernel("uniform random", STRIP)[:50, :50])
    times: dict[str, list[float]] = {
        name: [] for name in ("own", "submodlib", "apricot", "compiling", "read")
    }
    for _ in range(rounds):
        times["read"] += [seconds(similarity.max) for _ in range(5)]
        times["own"] += [seconds(ours, similarity) for _ in range(5)]
        times["submodlib"].append(seconds(submodlib, rows))
        times["apricot"].append(seconds(apricot, similarity.T))
        times["compiling"].append(seconds(apricot, small))
    medians = {name: statistics.median(values) for name, values in times.items()}
    return Race(kind, size, **medians, load=load_before)


def count_not_best(similarity: np.ndarray, picks: np.ndarray) -> int:
    """How many picks were not an argmax of the marginal gain given those before them.

    Similarities in steps of 2^-24 add up exactly.
    """
    coverage = np.zeros(len(similarity))  # (answered,)
    wrong = 0
    for turn, pick in enumerate(picks):
        gains = np.maximum(similarity.T - coverage, 0).sum(axis=1)  # (shown,)
        wrong += gains[pick] < np.delete(gains, picks[:turn]).max()
        coverage = np.maximum(coverage, similarity[:, pick])
    return int(wrong)


def exactness() -> Iterator[str]:
    """Every peer compared with the definition, and two faults of peers reproduced."""
    for kind in KERNELS:
        yield exactness_line(kind)
    rows = np.ascontiguousarray(synthetic_kernel("utility-like", 1_000))
    same = (submodlib(rows.T) == submodlib(np.ascontiguousarray(rows.T))).mean()
    yield (
        f"- submodlib, a transposed view and its copy, the same numbers: {same:.0%} of the picks"
        " agree. It reads the view as if it were not one."
    )
    blocks = np.kron(np.eye(20), np.ones((10, 10)))  # nothing is left to gain after twenty picks
    picks = apricot(blocks)
    yield (
        f"- apricot, twenty blocks of ten, 60 picks asked for: {len(set(picks[:20] // 10))} of the"
        f" 20 blocks among its first 20 picks and {len(set(picks))} different picks in all; this"
        f" project {len(set(ours(blocks)[:20] // 10))} and 60."
    )


def exactness_line(kind: str) -> str:
    """How many of 300 picks of each were not the best at their turn."""
    exact = np.floor(synthetic_kernel(kind, 1_000) * 2**24) / 2**24
    similarity = column_major(exact.astype(np.float32))
    picks = {
        "this project": ours(similarity),
        "submodlib": submodlib(np.ascontiguousarray(similarity)),
        "apricot": apricot(similarity.T),
    }
    counts = [f"{name} {count_not_best(similarity, own)}" for name, own in picks.items()]
    return (
        f"- {kind}, n = 1,000: of 300 picks, {', '.join(counts)} were not the best at their turn."
    )


def kernel_reads() -> Iterator[str]:
    """Reads of the kernel that the first picks take, and the others.

    Early on, one pick lowers what nearly every example would gain.
    """
    for kind in KERNELS:
        similarity = synthetic_kernel(kind, 5_000)
        read = statistics.median(seconds(similarity.max) for _ in range(9))
        checked = statistics.median(seconds(facility_location, similarity) for _ in range(5))
        first = seconds_to_choose(similarity, 50) / read
        every = seconds_to_choose(similarity, BUDGET) / read
        yield (
            f"- {kind}, n = 5,000: looking the kernel through {checked / read:.1f}, the first 50"
            f" picks {first:.1f}, the other {int(BUDGET * 5_000) - 50:,} {every - first:.1f}."
        )


def seconds_to_choose(similarity: np.ndarray, budget: float) -> float:
    """The median of five choices, the look through the kernel not counted."""
    return statistics.median(
        seconds(maximise, facility_location(similarity), budget) for _ in range(5)
    )


def peak_memory() -> Iterator[str]:
    """Peaks beyond the kernel."""
    for kind in KERNELS:
        columns, _, _, rows, _, _ = module_output("benchmarks.selection_memory", kind, "5000", "2")
        yield (
            f"- Peak beyond the kernel, {kind}, n = 5,000: {columns} of a kernel from a"
            f" column-major array, {rows} from a row-major one."
        )
    columns, process, duration = module_output(
        "benchmarks.selection_memory", "utility-like", str(HUGE), "1"
    )
    yield (
        f"- n = {HUGE:,}, utility-like: {duration} s, the whole process"
        f" {float(process) / 1024:.2f} GB, {columns} of a kernel beyond the kernel."
    )


def first_calls() -> Iterator[str]:
    """A choice of a thousand in a new process: with nothing compiled, then with compiled loops."""
    with tempfile.TemporaryDirectory() as cache:
        for call in (
            "The first on a machine, which compiles",
            "The first of a process, compiled before",
        ):
            imported, first, second = module_output(
                "benchmarks.first_choice", NUMBA_CACHE_DIR=cache
            )
            yield (
                f"- {call}: of processor time, importing numba {imported} s, choosing"
                f" {first} s, again {second} s."
            )


def sparse() -> Iterator[str]:
    """A pool too large for a dense kernel; the loops for sparse kernels are compiled before."""
    ours(sparse_kernel(POOL // NEAREST))
    median = statistics.median(seconds(ours, sparse_kernel(POOL)) for _ in range(3))
    yield (
        f"- n = {POOL:,}, the {NEAREST} nearest of each: {median:.2f} s of processor time for"
        f" {int(POOL * BUDGET):,} picks, exact."
    )


SECTIONS = {
    "Exactness": exactness,
    "Where the reads go": kernel_reads,
    "Memory": peak_memory,
    "First call": first_calls,
    "Sparse": sparse,
}


def report_lines() -> Iterator[str]:
    """The report, line by line as it is measured."""
    packages = ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "numba", "submodlib-py", "apricot-select")
    )
    yield from (
        "# Choosing, measured",
        "",
        *facts()[:2],
        f"- {packages}; one thread",
        "- How to read it: [README.md](README.md)",
        "",
        *HEAD,
    )
    for choose in (ours, submodlib, apricot):
        choose(np.ascontiguousarray(synthetic_kernel("uniform random", 1_000)))
    for size, rounds in ROUNDS.items():
        yield from (str(race(kind, size, rounds)) for kind in KERNELS)
    for title, section in SECTIONS.items():
        yield from ("", f"## {title}", "", *section())


def main() -> None:
    with threadpool_limits(1):
        print_and_write(report_lines(), REPORT)


if __name__ == "__main__":
    main()
