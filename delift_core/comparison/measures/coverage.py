"""Coverage of the pool, of the target and of the held-out examples, f(A) / f(pool) each."""

from functools import partial

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit
from delift_core.selection.outcome import coverage_of_examples


def coverage(inputs: ComparisonInputs, rows: RowSets, role: str) -> np.ndarray:
    """(sets,) the share of what the whole pool's help for the examples of a role is worth."""
    objective = inputs.coverage[role]
    return np.array([coverage_of_examples(chosen, objective) for chosen in rows])  # (sets,)


POOL_COVERAGE = SetMeasure(
    name="coverage",
    title="Coverage of the pool",
    sentence=(
        "How well each example of the pool is helped by the best chosen one, as a share of"
        " what the whole pool gives: facility location on utilities."
    ),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    basis=(Basis.POOL_KERNEL,),
    values=partial(coverage, role="pool"),
    optimised_by=("facility_location",),
)
TARGET_COVERAGE = SetMeasure(
    name="target_coverage",
    title="Coverage of the target",
    sentence=(
        "How well each example of the target is helped by the best chosen one, as a share of"
        " what the whole pool gives."
    ),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    basis=(Basis.TARGET_KERNEL,),
    values=partial(coverage, role="target"),
    optimised_by=("flqmi",),
)
HELD_OUT_COVERAGE = SetMeasure(
    name="held_out_coverage",
    title="Coverage of the held-out examples",
    sentence=(
        "How well each held-out example, never chosen from, is helped by the best chosen one, as"
        " a share of what the whole pool gives."
    ),
    unit=Unit.SHARE,
    better=Better.HIGHER,
    basis=(Basis.HELD_OUT_KERNEL,),
    values=partial(coverage, role="held_out"),
)
