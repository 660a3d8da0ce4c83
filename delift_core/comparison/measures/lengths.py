"""Response tokens of a set: all together, and the median of an example."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit


def tokens(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) response tokens of each set."""
    counts = inputs.alone.response_tokens  # (pool,)
    return np.array([counts[chosen].sum() for chosen in rows], dtype=np.float64)  # (sets,)


def median_length(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) the median of the response tokens of each set's examples."""
    counts = inputs.alone.response_tokens  # (pool,)
    return np.array([np.median(counts[chosen]) for chosen in rows])  # (sets,)


TOKENS = SetMeasure(
    name="tokens",
    title="Response tokens",
    sentence="Tokens of the chosen responses together: what tuning on them is paid by.",
    unit=Unit.TOKENS,
    better=Better.NEITHER,
    basis=(Basis.POOL_ALONE,),
    values=tokens,
    optimised_by=("longest",),
)
MEDIAN_LENGTH = SetMeasure(
    name="median_length",
    title="Median length",
    sentence="The median of the tokens of a chosen response.",
    unit=Unit.TOKENS,
    better=Better.NEITHER,
    basis=(Basis.POOL_ALONE,),
    values=median_length,
    optimised_by=("longest",),
)
