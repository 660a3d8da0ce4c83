"""LESS: the examples on which a training step lowers the loss of the target most."""

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.selection.baselines.scores import descending
from delift_core.selection.method import Method, MethodInputs, Need, missing_sentence


def by_gradients(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by influence on the subtask that an example helps most.

    Examples of which nothing is scored come last. Raises MethodUnavailable.
    """
    if inputs.gradients is None:
        raise MethodUnavailable(missing_sentence(Need.GRADIENTS))
    return descending(inputs.gradients.influence().max(axis=1))


GRADIENTS = Method(
    name="gradients",
    title="Gradients",
    sentence=(
        "The examples on which a training step lowers the loss of the target most; without a target"
        " the pool's mean gradient stands for it."
    ),
    needs=(Need.GRADIENTS,),
    cost=(
        "at each of 4 checkpoints a forward and a backward pass for every example of pool and"
        " target, behind 4 epochs on 5 % of the pool"
    ),
    source="LESS, arXiv 2402.04333",
    reads=("seed", "rank", "dimension", "epochs", "warm_up"),
    order=by_gradients,
)
