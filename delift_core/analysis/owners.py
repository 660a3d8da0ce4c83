"""Who covers whom: the chosen example that covers each answered one best."""

import numpy as np

from delift_core.selection.objectives import Objective

NOBODY = -1  # covered by no chosen example: by the floor, or not at all


def owners(objective: Objective, chosen: np.ndarray) -> np.ndarray:
    """(answered,) argmax_{j in A} s[i, j], the chosen example that covers each answered one best;
    NOBODY where none beats its floor.

    Ties go to the earlier choice.
    """
    if not len(chosen):
        return np.full(len(objective.floor), NOBODY)
    similar = objective.similarity[:, chosen]  # (answered, chosen)
    best = similar.max(axis=1)  # (answered,)
    return np.where(best > objective.floor, np.asarray(chosen)[similar.argmax(axis=1)], NOBODY)
