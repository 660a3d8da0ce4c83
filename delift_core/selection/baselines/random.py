"""Random selections: a seeded permutation of the pool under the constraints of a choice."""

import numpy as np

from delift_core.selection.constraints import Constraints
from delift_core.selection.greedy import Selection, selection_in_order
from delift_core.selection.method import Method
from delift_core.selection.objective import Objective

RANDOM = Method(
    name="random",
    title="Random",
    sentence="A seeded random order of the pool.",
    needs=(),
    cost="nothing",
    source="the baseline of every published comparison",
)


def random_selection(objective: Objective, constraints: Constraints, seed: int) -> Selection:
    """A random selection under a budget, with the gain of each example under an objective."""
    return selection_in_order(objective, constraints, random_order(constraints, seed), RANDOM.name)


def random_order(constraints: Constraints, seed: int) -> np.ndarray:
    """The pins, then a seeded permutation of the free examples, as far as the budget reaches.

    An example whose group is full, or which does not fit in what is left of the budget, is
    skipped. Returns (chosen,) int64 indices.
    """
    permutation = np.random.default_rng(seed).permutation(len(constraints.free))  # (shown,)
    candidates = permutation[constraints.free[permutation]].tolist()
    costs, groups = constraints.costs.tolist(), constraints.groups.tolist()
    budget_left = constraints.limit
    room = constraints.quotas.tolist()  # (groups,)
    chosen = []
    for index in [*constraints.pins, *candidates]:
        group = groups[index]
        if costs[index] <= budget_left and room[group] > 0:
            chosen.append(index)
            budget_left -= costs[index]
            room[group] -= 1
    return np.array(chosen, dtype=np.int64)  # (chosen,)
