"""Measure choosing from sparse kernels of made-up scores and write benchmarks/SPARSE.md.

python -m benchmarks.sparse; with --largest also n = 1,000,000, which needs about 6 GB.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.processes import module_output
from benchmarks.rows import facts, load, print_and_write
from benchmarks.sparse_exactness import compare, dense
from benchmarks.synthetic_sparse import NEIGHBOURS, synthetic_sparse_kernel
from delift_core.analysis.blocks import block_means
from delift_core.analysis.explain import runner_up, why_chosen
from delift_core.analysis.extremes import helped_by_nobody, hurts_most
from delift_core.analysis.owners import owner_order
from delift_core.analysis.trust import trust
from delift_core.scoring.kernel import Measure
from delift_core.selection.greedy import Selection, maximise
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import build_objective, facility_location
from delift_core.selection.similarity import column_major
from delift_core.selection.warm_start import unchanged_picks

REPORT = Path(__file__).with_name("SPARSE.md")
KERNELS = 50  # random ones, for exactness
BUDGET = 0.3
SIZES = (10_000, 30_000, 100_000, 300_000)
PAIRS = 64  # of each shown example
LARGEST = (1_000_000, 32)  # examples, pairs of each
POOL, OTHERS = 100_000, 1_000  # examples of the pool; of target and known
TWIN = 5_000  # examples of a kernel that is made dense too
HEAD = (
    (
        "| pairs lie | n | pairs scored | similarities | 30 % chosen | whole order, curve |"
        " ns a pair | process | coverage | load |"
    ),
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
)


def seconds(work: Callable, *arguments: object) -> float:
    """Processor time: waiting for a core does not count."""
    start = time.process_time()
    work(*arguments)
    return time.process_time() - start


def growth_row(kind: str, size: int, pairs: int) -> str:
    """One choice in a process of its own."""
    load_before = load()
    scored, *times, memory, coverage = module_output(
        "benchmarks.sparse_choice", kind, str(size), str(pairs)
    )
    each = float(times[1]) / int(scored) * 1e9
    cells = [
        kind,
        f"{size:,}",
        f"{int(scored):,}",
        *(f"{value} s" for value in times),
        f"{each:.0f}",
        f"{float(memory) / 1024:.2f} GB",
        coverage,
        f"{load_before:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def growth(largest: bool) -> Iterator[str]:
    """How time and memory grow with n."""
    yield from HEAD
    for kind in NEIGHBOURS:
        yield from (growth_row(kind, size, PAIRS) for size in SIZES)
    if largest:
        yield growth_row("near", *LARGEST)


def exactness() -> Iterator[str]:
    """Random kernels against greedy by its definition and the dense loop."""
    choices, below, other = compare(KERNELS)
    yield (
        f"- {KERNELS} random sparse kernels, five objectives, two pairs of weights, each with a"
        " budget in rows, one in tokens, pins and excludes under both, and quotas:"
        f" {choices:,} choices, {below} worth less than greedy by its definition on the dense"
        f" array, {other} with other picks or gains than the dense loop."
    )


def dense_twin() -> Iterator[str]:
    """The same similarities as a sparse and as a dense array."""
    for kind in NEIGHBOURS:
        few = synthetic_sparse_kernel(kind, TWIN, PAIRS).similarity()
        array = column_major(dense(few))
        picks, gains = [], []
        for similarity in (few, array):
            chosen = maximise(facility_location(similarity), BUDGET)
            picks.append(chosen.indices)
            gains.append(chosen.gains)
        sparse_time, dense_time = (
            statistics.median(seconds(choose, similarity) for _ in range(5))
            for similarity in (few, array)
        )
        yield (
            f"- pairs {kind}, n = {TWIN:,}, {PAIRS} pairs each: sparse {sparse_time:.3f} s, dense"
            f" {dense_time:.3f} s, {dense_time / sparse_time:.0f} times as long; the same picks:"
            f" {yes(np.array_equal(*picks))}, the same gains to the last bit:"
            f" {yes(np.array_equal(*gains))}."
        )


def choose(similarity: object) -> Selection:
    """30 % by facility location, the look through the array included."""
    return maximise(facility_location(similarity), BUDGET)


def yes(holds: bool) -> str:
    """A word of the report; a failure stands out."""
    if holds:
        return "yes"
    return "**no**"


def objectives() -> Iterator[str]:
    """All five objectives with a target and known examples."""
    world = {"pool_pool": synthetic_sparse_kernel("near", POOL, PAIRS).similarity()}
    rng = np.random.default_rng(0)
    world["target_pool"] = rng.random((OTHERS, POOL), dtype=np.float32) ** 4
    for name in ("pool_target", "pool_known"):
        # what the best of them gives is all that counts
        world[name] = rng.random((POOL, 1), dtype=np.float32) / 4
    for name in ObjectiveName:
        times = [seconds(chosen_under, name, world) for _ in range(3)]
        kind = "dense" if name is ObjectiveName.FLQMI else "sparse"
        yield (
            f"- {name}, n = {POOL:,}: {statistics.median(times):.2f} s for {int(POOL * BUDGET):,}"
            f" picks ({kind})."
        )


def chosen_under(name: str, world: dict) -> Selection:
    """30 % by an objective of that name."""
    return maximise(build_objective(name, world), BUDGET)


def questions() -> Iterator[str]:
    """What pages ask once an order is worked out, one call each."""
    kernel = synthetic_sparse_kernel("near", POOL, PAIRS)
    objective = facility_location(kernel.similarity())
    order = maximise(objective, POOL)
    chosen = order.prefix(int(POOL * BUDGET))
    values, last = kernel.measured(Measure.L2), len(chosen)
    rows = owner_order(objective, chosen.indices, square=True)
    calls: dict[str, Callable] = {
        "a smaller budget of the order": lambda: order.prefix(last),
        "coverage of the chosen": lambda: objective.coverage(chosen.indices),
        "why the last was chosen": lambda: why_chosen(objective, chosen, last),
        "its runner-up": lambda: runner_up(objective, chosen, last, np.empty(0, np.int64)),
        "owners, and rows and columns by owner": lambda: owner_order(
            objective, chosen.indices, square=True
        ),
        "320 x 320 blocks in that order": lambda: block_means(values, order=rows),
        "a block of 200 x 200": lambda: kernel.block(Measure.L2, *(side[:200] for side in rows)),
        "pairs that hurt most": lambda: hurts_most(values, True, 200),
        "helped by nobody": lambda: helped_by_nobody(values, True, 200),
        "trust": lambda: trust(kernel, np.arange(POOL) % 97),
        "what stays once a pick is excluded": lambda: still(objective, order, [order.indices[9]]),
        "what stays once one is allowed again": lambda: still(objective, order, []),
    }
    for name, call in calls.items():
        call()
        median = statistics.median(seconds(call) for _ in range(3))
        yield f"- {name}: {median * 1e3:,.0f} ms"


def still(objective: Objective, order: Selection, excludes: list[int]) -> int:
    """How many picks are the same after an exclude, or without the exclude of the last."""
    if excludes:
        return unchanged_picks(objective, order, [], excludes, [])
    return unchanged_picks(objective, order, [], [], [int(order.indices[-1])])


def report_lines(largest: bool) -> Iterator[str]:
    """The report, line by line as it is measured."""
    yield from (
        "# Choosing from sparse kernels, measured",
        "",
        *facts("python -m benchmarks.sparse --largest"),
    )
    sections = {
        "How it grows": partial(growth, largest),
        "Exactness": exactness,
        "Beside the dense loop": dense_twin,
        "Every objective": objectives,
        f"What pages ask, n = {POOL:,}": questions,
    }
    for title, section in sections.items():
        yield from ("", f"## {title}", "")
        yield from section()


def main(arguments: list[str]) -> None:
    with threadpool_limits(1):
        print_and_write(report_lines("--largest" in arguments), REPORT)


if __name__ == "__main__":
    main(sys.argv[1:])
