"""Near-duplicates inside a set: chosen examples that nearly repeat another chosen one."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit
from delift_core.data.near_duplicates import repeats


def near_duplicates(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) how many of each set nearly repeat an earlier one of it."""
    first_of = inputs.representatives
    return np.array([len(repeats(chosen.tolist(), first_of)) for chosen in rows], dtype=np.float64)


NEAR_DUPLICATES = SetMeasure(
    name="near_duplicates",
    title="Near-duplicates inside",
    sentence="Chosen examples whose prompt and response nearly repeat another chosen one's.",
    unit=Unit.EXAMPLES,
    better=Better.LOWER,
    basis=(Basis.NEAR_DUPLICATES,),
    values=near_duplicates,
)
