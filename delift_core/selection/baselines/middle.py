"""Examples of middling difficulty first: mean NLL(y | x) closest to its median."""

import numpy as np

from delift_core.selection.baselines.scores import ascending
from delift_core.selection.method import Method, MethodInputs, Need


def by_distance_to_median(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by |NLL(y | x) - median|, lowest first; what was not scored comes last."""
    loss = inputs.negative_log_likelihood()  # (pool,)
    scored = loss[np.isfinite(loss)]
    if not len(scored):
        return np.arange(inputs.size)
    return ascending(np.abs(loss - np.median(scored)))


MIDDLE = Method(
    name="middle",
    title="Middling difficulty",
    sentence="The responses whose likelihood is closest to the median.",
    needs=(Need.ALONE,),
    cost="one forward pass for every example",
    source="hamishivi/automated-instruction-selection",
    order=by_distance_to_median,
)
