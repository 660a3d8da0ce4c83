"""Lazy greedy with NumPy, one example at a time, for small similarities."""

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

import numpy as np

from delift_core.selection.constraints import Constraints
from delift_core.selection.lanes import total
from delift_core.selection.objective import Objective

BLOCK = 32  # examples of a given order that are covered at a time


class _State:
    """What has been chosen so far, what it covers, and what may still be chosen."""

    def __init__(self, objective: Objective, constraints: Constraints, weights: np.ndarray):
        self.objective, self.constraints, self.weights = objective, constraints, weights
        self.coverage = objective.floor  # (answered,)
        self.budget_left = constraints.limit
        self.room = constraints.quotas.copy()  # (groups,)
        self.indices: list[int] = []
        self.gains: list[float] = []

    def candidates(self) -> list[int]:
        """Every example that may be chosen next, in index order."""
        free = np.flatnonzero(self.constraints.free)  # (free,)
        return [j for j in np.setdiff1d(free, self.indices).tolist() if self.fits(j)]

    def fits(self, index: int) -> bool:
        """Whether the budget and the quota of its group allow an example; once not, never again."""
        has_room = self.room[self.constraints.groups[index]] > 0
        return has_room and self.constraints.costs[index] <= self.budget_left

    def worth(self, index: int) -> float:
        """Marginal gain per unit of weight."""
        return self.objective.gain(index, self.coverage) / self.weights[index]

    def choose(self, index: int) -> None:
        self.gains.append(self.objective.gain(index, self.coverage))
        self.indices.append(index)
        self.coverage = self.objective.covered(index, self.coverage)  # (answered,)
        self.budget_left -= self.constraints.costs[index]
        self.room[self.constraints.groups[index]] -= 1


def fill(
    objective: Objective,
    constraints: Constraints,
    begun: Sequence[int],
    weights: np.ndarray,
    most: int,
) -> tuple[np.ndarray, np.ndarray]:
    """(indices, gains) of up to `most` choices: those begun with, then greedily by gain / weight.

    It goes on as long as something fits. Lazy greedy (Minoux 1978): an example's last known worth
    bounds its worth now, so only the top of the queue is worked out again. The bound holds to the
    last bit: each term of a gain can only fall as coverage grows, and rounding and summing in one
    fixed order keep that. The order is therefore that of working out every gain at every turn.
    """
    state = _State(objective, constraints, weights)
    for index in begun:
        state.choose(index)
    begun_with = len(state.indices)
    # (-worth, index, turn it was worked out)
    queue = [(-state.worth(index), index, begun_with) for index in state.candidates()]
    heapify(queue)
    while queue and len(state.indices) < most:
        _, index, turn = queue[0]
        now = len(state.indices)
        if not state.fits(index):
            heappop(queue)
        elif turn < now:
            heapreplace(queue, (-state.worth(index), index, now))
        else:
            heappop(queue)
            state.choose(index)
    indices = np.array(state.indices, dtype=np.int64)  # (chosen,)
    return indices, np.array(state.gains, dtype=np.float64)


def gains_in_order(objective: Objective, order: np.ndarray) -> np.ndarray:
    """(chosen,) the marginal gain of every example of an order at its turn."""
    gains = np.empty(len(order))  # (chosen,)
    coverage = objective.floor  # (answered,)
    for begin in range(0, len(order), BLOCK):
        block = order[begin : begin + BLOCK]
        best = np.vstack([coverage, objective.similarity.T[block]])  # (1 + block, answered)
        for turn in range(1, len(best)):  # maximum.accumulate takes four times as long
            np.maximum(best[turn], best[turn - 1], out=best[turn])
        covered = np.minimum(best, objective.ceiling)  # (1 + block, answered)
        steps = np.diff(covered, axis=0)  # (block, answered)
        gains[begin : begin + BLOCK] = total(steps) + objective.modular[block]
        coverage = covered[-1]
    return gains
