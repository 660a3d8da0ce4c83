"""The easiest examples first: mean NLL(y | x) of the response, ascending."""

import numpy as np

from delift_core.selection.baselines.scores import ascending
from delift_core.selection.method import Method, MethodInputs, Need


def by_ease(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices, lowest NLL(y | x) first; what could not be scored comes last."""
    return ascending(inputs.negative_log_likelihood())


EASIEST = Method(
    name="easiest",
    title="Easiest",
    sentence="The responses that the model finds most likely.",
    needs=(Need.ALONE,),
    cost="one forward pass for every example",
    source="hamishivi/automated-instruction-selection",
    order=by_ease,
)
