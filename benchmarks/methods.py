"""Measure what every way to choose reaches and write benchmarks/METHODS.md.

python -m benchmarks.methods, or make bench. Kernels that are not there are scored first, into
build/bench, where they stay; with --stored nothing is scored and what is unfinished is left out.
Held-out examples are other rows of the same file.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.reference_kernels import DATA, FILES, not_measured, scored_pairs, scored_run
from benchmarks.rows import facts, print_and_write
from delift_core.comparison.comparison import Comparison
from delift_core.comparison.measure import Better, SetMeasure
from delift_core.data.example import Dataset
from delift_core.data.hold_out import without_repeats
from delift_core.data.readers import read_dataset
from delift_core.runs.held_out import attach_held_out
from delift_core.runs.integrity import missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import bundled_run
from delift_core.scoring.kernel_names import HELD_OUT_KERNEL
from delift_core.selection.choice import Choice
from delift_core.selection.methods import methods
from delift_core.units import ordinal
from delift_core.wording import STANDINGS, random_values
from delift_core.workflow.compare import Candidates, compare
from delift_core.workflow.score import score_missing
from delift_core.workflow.unprompted import complete_unprompted

REPORT = Path(__file__).with_name("METHODS.md")
BUDGETS = ("10%", "30%")
HELD_OUT_ROWS = 20
GROUPS = {"demo": "topic"}  # the field of a pool that names groups, "source" elsewhere
OWN = "facility_location"  # whose place is told for every measure


def runs(stored: bool) -> Iterator[tuple[str, Run] | str]:
    """The demo and the files with everything that methods need, or why one is left out."""
    yield "demo", bundled_run()
    for file in FILES:
        name, run = file.removesuffix(".jsonl"), None
        if (DATA / file).exists():
            run = scored_run(DATA / file, stored)
        if run is None or "pool_pool" not in run.complete():
            yield not_measured(name, 0 if run is None else scored_pairs(run))
            continue
        if not stored:
            run = completed(run, DATA / file)
        yield name, run


def completed(run: Run, file: Path) -> Run:
    """The run with held-out rows of its file, and every pass and pair that methods need."""
    from delift_core.scoring.model import load_model

    run = attach_held_out(run, other_rows(file, run.pool, HELD_OUT_ROWS))
    model = load_model("bundled", device="cpu")
    for _ in score_missing(missing_work(run, [HELD_OUT_KERNEL]), model):
        pass
    complete_unprompted(run, model)
    return run


def other_rows(file: Path, pool: Dataset, rows: int) -> Dataset:
    """So many rows of a file that the pool neither holds nor repeats."""
    everything = read_dataset(file, near_duplicates="keep")
    ids = {example.id for example in pool}
    others = tuple(example for example in everything if example.id not in ids)
    held_out = Dataset(others, source=str(file), format=everything.format)
    return without_repeats(held_out, pool).sample(rows)


def compared(name: str, run: Run, budget: str) -> Comparison:
    """Every method that fits, at one budget."""
    choice = Choice(budget=budget, group_by=GROUPS.get(name, "source"))
    return compare(run, Candidates(choice, tuple(methods())))


def table(comparison: Comparison) -> Iterator[str]:
    """A line a method, a column a measure; random orders last."""
    titles = [*(measure.title for measure in comparison.measures), "Pairs", "Passes", "Seconds"]
    yield f"| | {' | '.join(titles)} |"
    yield f"|---|{'---:|' * len(titles)}"
    for column, entry in enumerate(comparison.entries):
        cells = [cell_text(comparison, row, column) for row in range(len(comparison.measures))]
        cost = entry.cost
        cells += [f"{cost.pairs:,}", f"{cost.passes:,}", f"{cost.seconds:.2f}"]
        yield f"| {entry.name} | {' | '.join(cells)} |"
    random = [
        random_values(measure, comparison.cell(row, 0))
        for row, measure in enumerate(comparison.measures)
    ]
    yield f"| ten random orders | {' | '.join(random)} | 0 | 0 | |"


def cell_text(comparison: Comparison, row: int, column: int) -> str:
    """A value, where it lies beside random ones, in brackets where the method optimises it."""
    measure, cell = comparison.measures[row], comparison.cell(row, column)
    text = measure.text(cell.value) + STANDINGS[cell.standing]
    if comparison.entries[column].name in measure.optimised_by:
        return f"({text})"
    return text


def best_lines(comparison: Comparison) -> Iterator[str]:
    """For every measure with a better side, who is best and which place our own method has."""
    names = [entry.name for entry in comparison.entries]
    for measure, values in zip(comparison.measures, comparison.values):
        if measure.better is Better.NEITHER or not np.isfinite(values).all():
            continue
        losses = losses_of(measure, values)  # (entries,)
        best = [name for name, loss in zip(names, losses) if loss == losses.min()]
        place = 1 + int((losses < losses[names.index(OWN)]).sum())
        told = ", ".join(best) if len(best) < 4 else f"{len(best)} methods alike"
        yield f"- {measure.title}: {told}; {OWN} is {ordinal(place)} of {len(names)}"


def losses_of(measure: SetMeasure, values: np.ndarray) -> np.ndarray:
    """(entries,) values turned so that the lowest is best; what is told alike is alike."""
    sign = -1 if measure.better is Better.HIGHER else 1
    return sign * np.round(values, 4)


def report_lines(stored: bool) -> Iterator[str]:
    """The report, line by line as it is measured."""
    yield from (
        "# Every way to choose, measured",
        "",
        *facts()[:2],
        "- SmolLM2-135M, float32, template chat; seed 0, near-duplicates kept",
        "- How to read it: [README.md](README.md)",
        "",
    )
    for measured in runs(stored):
        if isinstance(measured, str):
            yield measured
            continue
        name, run = measured
        yield from dataset_lines(name, run)


def dataset_lines(name: str, run: Run) -> Iterator[str]:
    """A section on one pool: a table a budget, and what was left out."""
    comparison = None
    for budget in BUDGETS:
        comparison = compared(name, run, budget)
        rows = len(comparison.entries[0].rows)
        yield from ("", f"## {name}, {len(run.pool)} rows, {rows} chosen ({budget})", "")
        yield from table(comparison)
        yield from ("", *best_lines(comparison))
    if comparison is not None:
        yield ""
        yield from (f"- not here: {reason}" for reason in comparison.refused.values())


def main() -> None:
    with threadpool_limits(1):
        print_and_write(report_lines("--stored" in sys.argv[1:]), REPORT)


if __name__ == "__main__":
    main()
