"""Retrieval for a target: every target example in turn takes its most similar unused example."""

from itertools import cycle

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.selection.method import Method, MethodInputs, Need, missing_sentence


def by_retrieval(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by turns over the examples of the target. Raises MethodUnavailable."""
    if inputs.target_pass is None:
        raise MethodUnavailable(missing_sentence(Need.TARGET))
    target = inputs.target_pass.embedding.astype(np.float64)  # (target, width)
    return round_robin(target @ inputs.embeddings().T)


def round_robin(similarity: np.ndarray) -> np.ndarray:
    """(pool,) indices: each target example in turn takes its most similar unused one.

    similarity: (target, pool), higher is better; ties go to the lower index.
    """
    size = similarity.shape[1]
    preferences = [iter(np.argsort(-row, kind="stable").tolist()) for row in similarity]
    taken: dict[int, None] = {}  # an ordered set
    for preference in cycle(preferences):
        if len(taken) == size:
            break
        taken[next(index for index in preference if index not in taken)] = None
    return np.fromiter(taken, dtype=np.int64)


RETRIEVAL = Method(
    name="retrieval",
    title="Most similar to the target",
    sentence="For every example of the target in turn the most similar one that is left.",
    needs=(Need.ALONE, Need.TARGET),
    cost="one forward pass for every example of pool and target",
    source="RDS+, hamishivi/automated-instruction-selection, without its lost turns",
    order=by_retrieval,
)
