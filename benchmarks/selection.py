"""Measure choosing beside submodlib and apricot and write benchmarks/RESULTS.md: python -m
benchmarks.selection, or make bench.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy.sparse import csc_array
from threadpoolctl import threadpool_limits

from benchmarks.rows import facts, load, print_and_keep
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.similarity import column_major

REPORT = Path(__file__).with_name("RESULTS.md")
BUDGET = 0.3
# rounds in which all three choose one after the other; ours chooses five times in each
ROUNDS = {5_000: 3, 10_000: 1}
HUGE, POOL, NEAREST = 20_000, 100_000, 100
TOPICS, STRIP = 40, 500  # of a made-up pool; columns made at a time
HEAD = (
    (
        "| kernel | n | ours | submodlib | apricot | apricot without compiling | submodlib / ours |"
        " apricot / ours | without compiling / ours | reads | load |"
    ),
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


# kernels: column-major float32, as UtilityKernel.similarity() hands them over


def uniform(size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Every pair alike: nothing for a lazy choice to skip."""
    for _ in range(0, size, STRIP):
        yield rng.random((STRIP, size), dtype=np.float32)  # (shown, answered)


def clustered(size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """exp(-|a - b|^2 / 16) of points around forty centres in sixteen dimensions."""
    # (pool, 16)
    points = rng.normal(size=(TOPICS, 16))[rng.integers(TOPICS, size=size)] + 0.5 * rng.normal(
        size=(size, 16)
    )
    squares = (points**2).sum(axis=1)  # (pool,)
    for left in range(0, size, STRIP):
        some = slice(left, left + STRIP)
        yield np.exp(-(squares[some, None] + squares - 2 * points[some] @ points.T).clip(0) / 16)


def utilities(size: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """What i needs times what j offers, topic by topic, plus noise; three pairs in ten are negative
    and clipped at 0.
    """
    # (pool, topics)
    about = (np.arange(TOPICS) == rng.integers(TOPICS, size=size)[:, None]) + 0.15 * rng.random(
        (size, TOPICS)
    )
    needs, offers = (about * rng.gamma(2, 0.05, (size, 1)) for _ in range(2))  # (pool, topics) both
    shift = None
    for left in range(0, size, STRIP):
        strip = offers[left : left + STRIP] @ needs.T + rng.normal(0, 0.02, (STRIP, size))
        shift = np.quantile(strip, 0.3) if shift is None else shift
        yield (strip - shift).clip(0)


KERNELS = {"uniform random": uniform, "clustered RBF": clustered, "utility-like": utilities}


def kernel(kind: str, size: int) -> np.ndarray:
    """(answered, shown) in one piece, never held twice."""
    columns = np.empty((size, size), np.float32)  # (shown, answered)
    for place, strip in enumerate(KERNELS[kind](size, np.random.default_rng(size))):
        columns[place * STRIP : (place + 1) * STRIP] = strip
    return columns.T


# who chooses: each gets the array in the layout it wants and gives the picks


def ours(similarity: np.ndarray) -> np.ndarray:
    return maximise(facility_location(similarity), BUDGET).indices


def submodlib(similarity: np.ndarray) -> np.ndarray:
    from submodlib import FacilityLocationFunction

    function = FacilityLocationFunction(
        n=len(similarity), mode="dense", separate_rep=False, sijs=similarity
    )
    picks = function.maximize(
        budget=int(BUDGET * len(similarity)),
        optimizer="LazyGreedy",
        stopIfZeroGain=False,
        stopIfNegativeGain=False,
        verbose=False,
        show_progress=False,
    )
    return np.array([index for index, _ in picks])


def apricot(columns: np.ndarray) -> np.ndarray:
    from apricot import FacilityLocationSelection

    return (
        FacilityLocationSelection(
            int(BUDGET * len(columns)), metric="precomputed", optimizer="lazy"
        )
        .fit(columns)
        .ranking
    )


def seconds(work: Callable, *given) -> float:
    """Of processor time: waiting for a core that others use is not counted, waiting for memory is."""
    begun = time.process_time()
    work(*given)
    return time.process_time() - begun


@dataclass(frozen=True)
class Race:
    """Medians of one kernel."""

    kind: str
    size: int
    own: float
    sub: float
    apri: float
    compiling: float  # what apricot takes for fifty examples: it compiles at every fit
    read: float  # the kernel's largest number
    load: float

    def __str__(self) -> str:
        bare = max(self.apri - self.compiling, 0.0)
        times = [
            f"{value:,.3f} s" if value < 1 else f"{value:,.1f} s"
            for value in (self.own, self.sub, self.apri, bare)
        ]
        ratios = [f"{value / self.own:.0f}" for value in (self.sub, self.apri, bare)] + [
            f"{self.own / self.read:.1f}"
        ]
        return (
            f"| {' | '.join([self.kind, f'{self.size:,}', *times, *ratios, f'{self.load:.1f}'])} |"
        )


def race(kind: str, size: int, rounds: int) -> Race:
    """All three on one kernel, one after the other, round by round."""
    busy, similarity = load(), kernel(kind, size)
    rows, small = (
        np.ascontiguousarray(similarity),
        np.ascontiguousarray(kernel("uniform random", STRIP)[:50, :50]),
    )
    taken = {name: [] for name in ("own", "sub", "apri", "compiling", "read")}
    for _ in range(rounds):
        taken["read"] += [seconds(similarity.max) for _ in range(5)]
        taken["own"] += [seconds(ours, similarity) for _ in range(5)]
        taken["sub"].append(seconds(submodlib, rows))
        taken["apri"].append(seconds(apricot, similarity.T))
        taken["compiling"].append(seconds(apricot, small))
    return Race(
        kind, size, **{name: statistics.median(values) for name, values in taken.items()}, load=busy
    )


# what the picks are worth


def not_best(similarity: np.ndarray, picks: np.ndarray) -> int:
    """How many picks were not an argmax of the marginal gain given those before them; similarities
    in steps of 2^-24 add up exactly.
    """
    coverage, wrong = np.zeros(len(similarity)), 0
    for turn, pick in enumerate(picks):
        gains = np.maximum(similarity.T - coverage, 0).sum(axis=1)  # (shown,)
        wrong += gains[pick] < np.delete(gains, picks[:turn]).max()
        coverage = np.maximum(coverage, similarity[:, pick])
    return int(wrong)


def exactness() -> Iterator[str]:
    """Every peer held against the definition, and two faults made to show."""
    for kind in KERNELS:
        snapped = column_major((np.floor(kernel(kind, 1_000) * 2**24) / 2**24).astype(np.float32))
        found = {
            "this project": ours(snapped),
            "submodlib": submodlib(np.ascontiguousarray(snapped)),
            "apricot": apricot(snapped.T),
        }
        yield (
            f"- {kind}, n = 1,000: of 300 picks, "
            + ", ".join(f"{name} {not_best(snapped, picks)}" for name, picks in found.items())
            + " were not the best at their turn."
        )
    rows = np.ascontiguousarray(kernel("utility-like", 1_000))
    same = (submodlib(rows.T) == submodlib(np.ascontiguousarray(rows.T))).mean()
    yield (
        f"- submodlib, a transposed view and its copy, the same numbers: {same:.0%} of the picks"
        " agree. It reads the view as if it were not one."
    )
    blocks = np.kron(np.eye(20), np.ones((10, 10)))  # nothing is left to gain after twenty picks
    picked = apricot(blocks)
    yield (
        f"- apricot, twenty blocks of ten, 60 picks asked for: {len(set(picked[:20] // 10))} of the"
        f" 20 blocks among its first 20 picks and {len(set(picked))} different picks in all; this"
        f" project {len(set(ours(blocks)[:20] // 10))} and 60."
    )


def where() -> Iterator[str]:
    """Reads of the kernel that the first picks take, and the others: early on, one pick lowers what
    nearly every example would gain.
    """
    for kind in KERNELS:
        similarity = kernel(kind, 5_000)
        read = statistics.median(seconds(similarity.max) for _ in range(9))
        looked = statistics.median(seconds(facility_location, similarity) for _ in range(5)) / read
        first, every = (
            statistics.median(
                seconds(maximise, facility_location(similarity), budget) for _ in range(5)
            )
            / read
            for budget in (50, BUDGET)
        )
        yield (
            f"- {kind}, n = 5,000: looking the kernel through {looked:.1f}, the first 50 picks"
            f" {first:.1f}, the other {int(BUDGET * 5_000) - 50:,} {every - first:.1f}."
        )


# one thing per process: memory and first calls


PEAK = """
import sys, time
from pathlib import Path
import numpy as np
from benchmarks.selection import kernel, ours
def memory(name):
    return next(int(line.split()[1]) for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)) / 1024
ours(kernel("clustered RBF", 1000))
for layout in (np.asarray, np.ascontiguousarray)[:int(sys.argv[3])]:
    similarity = layout(kernel(sys.argv[1], int(sys.argv[2])))
    before = memory("VmRSS:")
    Path("/proc/self/clear_refs").write_text("5")
    begun = time.process_time(); ours(similarity); taken = time.process_time() - begun
    print(f"{(memory('VmHWM:') - before) / (similarity.nbytes / 2**20):.2f} {memory('VmHWM:'):.0f} {taken:.2f}")
"""
FIRST = """
import time; begun = time.process_time(); import numpy as np; from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
similarity = np.asfortranarray(np.random.default_rng(0).random((1000, 1000), dtype=np.float32))
begun = time.process_time(); import numba; imported = time.process_time()
maximise(facility_location(similarity), 0.3); first = time.process_time()
maximise(facility_location(similarity), 0.3); print(f"{imported - begun:.2f} {first - imported:.2f} {time.process_time() - first:.3f}")
"""


def said(code: str, *given: str, **environment: str) -> list[str]:
    """What a fresh process prints."""
    alone = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code, *given],
        env={**os.environ, **alone, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()


def memory() -> Iterator[str]:
    """Peaks beyond the kernel."""
    for kind in KERNELS:
        more, _, _, more_rows, _, _ = said(PEAK, kind, "5000", "2")
        yield (
            f"- Peak beyond the kernel, {kind}, n = 5,000: {more} of a kernel from a column-major"
            f" array, {more_rows} from a row-major one."
        )
    more, whole, taken = said(PEAK, "utility-like", str(HUGE), "1")
    yield (
        f"- n = {HUGE:,}, utility-like: {taken} s, the whole process {float(whole) / 1024:.2f} GB,"
        f" {more} of a kernel beyond the kernel."
    )


def first_calls() -> Iterator[str]:
    """A choice of a thousand in a new process, with nothing compiled yet and with what the last one
    kept.
    """
    with tempfile.TemporaryDirectory() as kept:
        for what in (
            "the first on a machine, which compiles",
            "the first of a process, compiled before",
        ):
            imported, first, second = said(FIRST, NUMBA_CACHE_DIR=kept)
            yield (
                f"- {what.capitalize()}: of processor time, importing numba {imported} s, choosing"
                f" {first} s, again {second} s."
            )


def sparse() -> Iterator[str]:
    """A pool too large for a dense kernel; what is compiled for one has been used once before."""
    ours(some_nearest(POOL // NEAREST))
    taken = statistics.median(seconds(ours, some_nearest(POOL)) for _ in range(3))
    yield (
        f"- n = {POOL:,}, the {NEAREST} nearest of each: {taken:.2f} s of processor time for"
        f" {int(POOL * BUDGET):,} picks, exact."
    )


def some_nearest(size: int) -> csc_array:
    """(answered, shown) of which each shown example has a hundred answered ones, drawn at random."""
    rng = np.random.default_rng(0)
    rows = np.sort(rng.integers(size, size=(size, NEAREST)), axis=1).ravel()  # (shown * nearest,)
    nearest = csc_array(
        (
            rng.random(size * NEAREST, dtype=np.float32),
            rows,
            np.arange(0, size * NEAREST + 1, NEAREST),
        ),
        shape=(size, size),
    )
    nearest.sum_duplicates()
    return nearest


def lines() -> Iterator[str]:
    """The report, as it comes."""
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
        choose(np.ascontiguousarray(kernel("uniform random", 1_000)))
    for size, rounds in ROUNDS.items():
        yield from (str(race(kind, size, rounds)) for kind in KERNELS)
    for title, part in (
        ("Exactness", exactness),
        ("Where the reads go", where),
        ("Memory", memory),
        ("First call", first_calls),
        ("Sparse", sparse),
    ):
        yield from ("", f"## {title}", "", *part())


def main() -> None:
    with threadpool_limits(1):
        print_and_keep(lines(), REPORT)


if __name__ == "__main__":
    main()
