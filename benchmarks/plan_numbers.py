"""Measure what a number of pairs an example keeps of a choice and write benchmarks/PLAN_NUMBERS.md.

python -m benchmarks.plan_numbers, on the reference kernels of benchmarks/plans.py that are scored.
The pairs of a plan by number are taken from the whole kernel into a sparse one, as a run of such a
plan holds it; what is then chosen is valued on the whole kernel.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.plans import BUDGETS, SEEDS, best_value, random_values
from benchmarks.reference_kernels import ReferenceKernel, reference_kernels
from benchmarks.rows import facts, print_and_write
from delift_core.scoring.pair_sampling import sample_pairs
from delift_core.scoring.plan import NUMBERS, Plan
from delift_core.scoring.sparse_kernel import SparseUtilityKernel, shown_of
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location

REPORT = Path(__file__).with_name("PLAN_NUMBERS.md")


def sparse_kernel(reference: ReferenceKernel, number: int, seed: int) -> SparseUtilityKernel:
    """The kernel as a plan by number would have left it."""
    plan, vectors = Plan("nearest", seed=seed, number=number), reference.embedding
    sample = sample_pairs(plan, vectors, vectors, True)
    planes = reference.planes[:, sample.mask.indices, shown_of(sample.mask)]  # (3, pairs)
    return SparseUtilityKernel.from_pairs(planes, reference.as_alone, True, sample)


def kept(reference: ReferenceKernel, number: int, budget: int) -> np.ndarray:
    """(seeds,) values of choices from such kernels over that of the whole kernel's choice."""
    values = [
        reference.value(
            maximise(
                facility_location(sparse_kernel(reference, number, seed).similarity()), budget
            ).indices
        )
        for seed in SEEDS
    ]
    return np.array(values) / best_value(reference, budget)


def lines() -> Iterator[str]:
    """The report: a line for each kernel and budget."""
    yield from ("# So many pairs an example, measured", "")
    yield from (*facts("python -m benchmarks.plan_numbers"), "")
    heads = " | ".join(f"{number} an example" for number in reversed(NUMBERS))
    yield f"| kernel | chosen | {heads} | random |"
    yield "|---|---:|---:|---:|---:|---:|"
    for reference in reference_kernels(stored=True):
        if isinstance(reference, str):
            yield reference
            continue
        for rows in BUDGETS:
            budget = round(rows * reference.size)
            values = [kept(reference, number, budget) for number in reversed(NUMBERS)]
            cells = " | ".join(f"{own.mean():.1%} ({own.min():.1%})" for own in values)
            random = random_values(reference, budget).mean()
            name = f"{reference.name}, {reference.size} rows"
            yield f"| {name} | {budget} | {cells} | {random:.1%} |"


def main() -> None:
    with threadpool_limits(1):
        print_and_write(lines(), REPORT)


if __name__ == "__main__":
    main()
