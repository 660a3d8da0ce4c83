"""The hardest examples first: mean NLL(y | x) of the response, descending."""

import numpy as np

from delift_core.selection.baselines.scores import descending
from delift_core.selection.method import Method, MethodInputs, Need


def by_difficulty(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices, highest NLL(y | x) first; what could not be scored comes last."""
    return descending(inputs.negative_log_likelihood())


HARDEST = Method(
    name="hardest",
    title="Hardest",
    sentence="The responses that the model finds least likely.",
    needs=(Need.ALONE,),
    cost="one forward pass for every example",
    source="hamishivi/automated-instruction-selection",
    order=by_difficulty,
)
