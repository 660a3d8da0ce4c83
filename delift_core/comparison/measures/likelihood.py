"""How hard the chosen responses are for the model: mean NLL and mean IFD."""

import numpy as np

from delift_core.comparison.inputs import Basis, ComparisonInputs
from delift_core.comparison.measure import Better, RowSets, SetMeasure, Unit
from delift_core.selection.baselines.ifd import ifd


def mean_nll(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) mean over each set of the mean -log p(y | x) of an example, in nats."""
    return set_means(inputs.alone.negative_log_likelihood, rows)


def mean_ifd(inputs: ComparisonInputs, rows: RowSets) -> np.ndarray:
    """(sets,) mean over each set of IFD = exp(NLL(y | x) - NLL(y))."""
    alone, unprompted = inputs.alone, inputs.unprompted
    difficulty = ifd(alone.negative_log_likelihood, unprompted.negative_log_likelihood)  # (pool,)
    return set_means(difficulty, rows)


def set_means(values: np.ndarray, rows: RowSets) -> np.ndarray:
    """(sets,) the mean of the values of each set that are there; NaN where none is.

    values: (pool,) NaN where an example has none.
    """
    known = [values[chosen][np.isfinite(values[chosen])] for chosen in rows]
    return np.array([found.mean() if len(found) else np.nan for found in known])  # (sets,)


MEAN_NLL = SetMeasure(
    name="nll",
    title="Mean loss",
    sentence="Mean negative log-likelihood of the chosen responses under the model as it is.",
    unit=Unit.NATS,
    better=Better.NEITHER,
    basis=(Basis.POOL_ALONE,),
    values=mean_nll,
    optimised_by=("hardest", "easiest"),
)
MEAN_IFD = SetMeasure(
    name="ifd",
    title="Mean IFD",
    sentence=(
        "Instruction-following difficulty: the perplexity of a response behind its prompt over"
        " that without it; near 1 the prompt does not help."
    ),
    unit=Unit.NUMBER,
    better=Better.NEITHER,
    basis=(Basis.POOL_ALONE, Basis.POOL_UNPROMPTED),
    values=mean_ifd,
    optimised_by=("ifd",),
)
