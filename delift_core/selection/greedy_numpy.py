"""Lazy greedy with NumPy, one example at a time: what `compiled` does, for pools so small that
importing a compiler would take longer.
"""

from collections.abc import Sequence
from heapq import heapify, heappop, heapreplace

import numpy as np

from delift_core.selection.constraints import Constraints
from delift_core.selection.lanes import total
from delift_core.selection.objective import Objective


class _Basket:
    """What has been chosen so far, what it covers, and what may still be taken; it starts with
    those begun with.
    """

    def __init__(
        self, objective: Objective, rules: Constraints, begun: Sequence[int], weights: np.ndarray
    ):
        self.objective, self.rules, self.weights = objective, rules, weights
        self.coverage = objective.floor  # (answered,)
        self.left, self.room = rules.limit, rules.quotas.copy()  # (), (groups,)
        self.indices, self.gains = [], []
        for index in begun:
            self.take(index)

    def open(self) -> list[int]:
        """Every example that may be chosen next, in index order."""
        free = np.setdiff1d(np.flatnonzero(self.rules.free), self.indices)  # (free,) ascending
        return [index for index in free.tolist() if self.fits(index)]

    def fits(self, index: int) -> bool:
        """Whether the budget and the quota of its group still allow an example; once not, never
        again.
        """
        return self.rules.costs[index] <= self.left and self.room[self.rules.groups[index]] > 0

    def gain(self, index: int) -> float:
        return self.objective.gain(index, self.coverage)

    def worth(self, index: int) -> float:
        """Marginal gain per unit of weight; a row weighs 1."""
        return self.gain(index) / self.weights[index]

    def take(self, index: int) -> None:
        self.gains.append(self.gain(index))
        self.indices.append(index)
        self.coverage = self.objective.covered(index, self.coverage)  # (answered,)
        self.left -= self.rules.costs[index]
        self.room[self.rules.groups[index]] -= 1


def fill(
    objective: Objective, rules: Constraints, begun: Sequence[int], weights: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """(indices, gains) of up to `most` choices: those begun with, then greedily by gain / weight as
    long as something fits.

    Lazy greedy (Minoux 1978): an example's last known worth bounds its worth now, so only the top
    of the queue is worked out again. The bound holds to the last bit: each term of a gain can only
    fall as coverage grows, and rounding and summing in one fixed order keep that. The order is
    therefore exactly that of working out every gain at every turn.
    """
    basket = _Basket(objective, rules, begun, weights)
    # worth, index, turn it was worked out
    queue = [(-basket.worth(index), index, len(basket.indices)) for index in basket.open()]
    heapify(queue)
    while queue and len(basket.indices) < most:
        _, index, turn = queue[0]
        if not basket.fits(index):
            heappop(queue)
        elif turn < len(basket.indices):
            heapreplace(queue, (-basket.worth(index), index, len(basket.indices)))
        else:
            heappop(queue)
            basket.take(index)
    # (chosen,) both
    return np.array(basket.indices, dtype=np.int64), np.array(basket.gains, dtype=np.float64)


def gains_in_order(objective: Objective, order: np.ndarray) -> np.ndarray:
    """(chosen,) the marginal gain of every example of an order at its turn."""
    gains = np.empty(len(order))  # (chosen,)
    coverage = objective.floor  # (answered,)
    for turn, index in enumerate(order.tolist()):
        covered = objective.covered(index, coverage)  # (answered,)
        gains[turn] = total(covered - coverage) + objective.modular[index]
        coverage = covered
    return gains
