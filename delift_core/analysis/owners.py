"""The chosen example that covers each answered one best, and a kernel's order by that owner.

The owner of answered example i is argmax_{j in A} s[i, j] where that lies above the floor of the
objective, and nobody otherwise. Ties go to the earlier choice.
"""

import numpy as np

from delift_core.selection.objective import Objective
from delift_core.selection.sparse_rows import first_best_of_rows

NOBODY = -1  # covered by no chosen example: by the floor, or not at all


def owners(objective: Objective, chosen: np.ndarray) -> np.ndarray:
    """(answered,) index of the owner of each answered example, argmax_{j in A} s[i, j].

    NOBODY where no chosen example lies above the floor.

    chosen: indices in order of choice.
    """
    turns, _ = _turns_of_owners(objective, chosen)
    return np.append(chosen, NOBODY)[turns].astype(np.int64)  # (answered,)


def cover_weights(objective: Objective, chosen: np.ndarray) -> np.ndarray:
    """(chosen,) how many answered examples each chosen one covers, over their mean.

    w_j = |{i : owner of i = j}| / mean_k w_k, so that the mean of the weights is 1; all 1 where
    nothing is covered. The weights of CRAIG (Mirzasoleiman et al. 2020, arXiv 1906.01827).
    """
    owner = owners(objective, chosen)  # (answered,)
    covered = np.bincount(owner[owner != NOBODY], minlength=objective.size)[chosen]  # (chosen,)
    if not covered.any():
        return np.ones(len(chosen))
    return covered / covered.mean()


def owner_order(
    objective: Objective, chosen: np.ndarray, square: bool
) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) and (shown,) indices in which examples with the same owner are adjacent.

    Rows come by the turn of their owner, those of nobody last; within a group similarity falls, and
    ties go to the lower index.

    chosen: indices in order of choice.
    square: whether the answered examples are those shown. Columns then follow the rows; otherwise
    the chosen come first, in order of choice, and the others in the order of the pool.
    """
    turns, best = _turns_of_owners(objective, chosen)
    rows = np.lexsort((-best, turns))  # (answered,) stable
    if not square:
        return rows, np.append(chosen, np.setdiff1d(np.arange(objective.size), chosen))
    leads = np.isin(np.arange(objective.size), chosen)  # (shown,)
    turns[chosen] = np.arange(len(chosen))  # a chosen example leads its own group
    position = np.argsort(rows)  # (shown,) of each example among the rows
    return rows, np.lexsort((position, ~leads, turns))


def _turns_of_owners(objective: Objective, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(answered,) turn of the owner, len(chosen) where nobody is; (answered,) its similarity."""
    if not len(chosen):
        answered = len(objective.floor)
        return np.zeros(answered, dtype=np.int64), np.zeros(answered)
    if objective.is_sparse:
        turns, best = first_best_of_rows(objective.similarity, chosen)  # (answered,) both
    else:
        similarity = objective.similarity[:, chosen]  # (answered, chosen)
        turns = similarity.argmax(axis=1)  # (answered,) the first of equals
        best = similarity[np.arange(len(turns)), turns]  # (answered,)
    return np.where(best > objective.floor, turns, len(chosen)), best
