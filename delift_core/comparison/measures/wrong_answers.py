"""Wrong answers that were planted in the pool and chosen."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit


def wrong_answers(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) how many answers of each set are known to be wrong."""
    wrong = np.asarray(inputs.wrong)  # (pool,)
    return np.array([wrong[chosen].sum() for chosen in rows], dtype=np.float64)  # (sets,)


WRONG_ANSWERS = SetMeasure(
    name="wrong_answers",
    title="Wrong answers",
    sentence="Chosen examples whose answer was planted and is wrong.",
    unit=Unit.EXAMPLES,
    better=Better.LOWER,
    basis=(Basis.WRONG_ANSWERS,),
    values=wrong_answers,
)
