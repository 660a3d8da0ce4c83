"""Choosing: the greedy order of an objective under a budget, and the gain of every choice at its turn.

Greedy takes, again and again, the example of highest marginal gain (per token, when the budget is in tokens); ties go to the
lower index. For a row budget the smaller choice is always the beginning of the larger one, so the order is worked out once.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from heapq import heapify, heappop, heapreplace

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidBudget
from delift_core.selection.constraints import Budget, BudgetUnit, Constraints, settle
from delift_core.selection.objectives import Objective, ObjectiveName


@dataclass(frozen=True, eq=False)
class Selection:
    """Examples in the order they were chosen, and what each added at its turn."""

    indices: np.ndarray                  # (chosen,) int64
    gains: np.ndarray                    # (chosen,) float64
    budget: Budget
    objective: ObjectiveName
    parameters: Mapping[str, float] = field(default_factory=dict)
    costs: np.ndarray | None = None      # (chosen,) int64, response tokens where they were given
    pinned: int = 0                      # how many of the first were pinned

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def value(self) -> float:
        """f(A), which is the sum of the gains."""
        return float(self.gains.sum())

    @property
    def saturated_at(self) -> int | None:
        """The rank from which nothing chosen adds anything, so that the choice is arbitrary (index order); None if there is none.

        It counts the choices up to the last positive gain. Pins are somebody's choice, never arbitrary.
        """
        rank = max([self.pinned, *np.flatnonzero(self.gains > 0) + 1])
        return int(rank) if rank < len(self) else None

    def prefix(self, count: int) -> "Selection":
        """The first choices: for a row budget exactly what `maximise` chooses with that smaller budget."""
        if not 1 <= count <= len(self):
            raise InvalidBudget(f"The first {count} of a selection of {len(self)} cannot be taken; ask for 1 to {len(self)}.")
        costs = None if self.costs is None else self.costs[:count]                # (count,)
        smaller = Budget(int(count), BudgetUnit.ROWS)
        return replace(
            self, indices=self.indices[:count], gains=self.gains[:count], costs=costs, budget=smaller, pinned=min(self.pinned, count)
        )


def maximise(
    objective: Objective,
    budget: Budget | float | str,
    *,
    costs: ArrayLike | None = None,
    pins: Iterable[int] = (),
    excludes: Iterable[int] = (),
    groups: Sequence[Hashable] | None = None,
    quotas: Mapping[Hashable, int] | None = None,
) -> Selection:
    """The greedy choice of an objective under a budget: rows (50), a fraction of the pool (0.3) or tokens ("4000 tokens").

    costs are response tokens per example: a token budget is spent in them, a row budget only records them. Pins come first, in
    their order, and count; excludes are never chosen; quotas are the most rows of each group, pins included. Under a row budget
    the gains after the pins never rise, as long as no quota is full.
    """
    rules = settle(budget, objective.size, costs=costs, pins=pins, excludes=excludes, groups=groups, quotas=quotas)
    basket = _fill(_Basket(objective, rules))
    if rules.budget.unit is BudgetUnit.TOKENS:
        basket = _guard(basket)
    indices = np.array(basket.indices, dtype=np.int64)                            # (chosen,)
    tokens = None if rules.tokens is None else rules.tokens[indices]              # (chosen,)
    gains = np.array(basket.gains)                                                # (chosen,)
    return Selection(indices, gains, rules.budget, objective.name, objective.parameters, tokens, len(rules.pins))


class _Basket:
    """What has been chosen so far, what it covers, and what may still be taken; it starts with the pins."""

    def __init__(self, objective: Objective, rules: Constraints):
        self.objective, self.rules = objective, rules
        self.coverage = objective.floor                                           # (answered,)
        self.left, self.room = rules.limit, rules.quotas.copy()                   # (), (groups,)
        self.indices, self.gains = [], []
        for index in rules.pins:
            self.take(index)

    def open(self) -> list[int]:
        """Every example that may be chosen next, in index order."""
        free = np.setdiff1d(np.flatnonzero(self.rules.free), self.indices)        # (free,) ascending
        return [index for index in free.tolist() if self.fits(index)]

    def fits(self, index: int) -> bool:
        """Whether the budget and the quota of its group still allow an example; once not, never again."""
        return self.rules.costs[index] <= self.left and self.room[self.rules.groups[index]] > 0

    def gain(self, index: int) -> float:
        return self.objective.gain(index, self.coverage)

    def worth(self, index: int) -> float:
        """Marginal gain per unit of budget; a row costs 1."""
        return self.gain(index) / self.rules.costs[index]

    def take(self, index: int) -> None:
        self.gains.append(self.gain(index))
        self.indices.append(index)
        self.coverage = self.objective.covered(index, self.coverage)              # (answered,)
        self.left -= self.rules.costs[index]
        self.room[self.rules.groups[index]] -= 1


def _fill(basket: _Basket) -> _Basket:
    """Lazy greedy (Minoux 1978): an example's last known worth bounds its worth now, so only the top of the queue is worked out again.

    The bound holds to the last bit: each term of a gain can only fall as coverage grows, and rounding and summing in one fixed
    order keep that. The order is therefore exactly that of working out every gain at every turn.
    """
    queue = [(-basket.worth(index), index, len(basket.indices)) for index in basket.open()]   # worth, index, turn it was worked out
    heapify(queue)
    while queue:
        _, index, turn = queue[0]
        if not basket.fits(index):
            heappop(queue)
        elif turn < len(basket.indices):
            heapreplace(queue, (-basket.worth(index), index, len(basket.indices)))
        else:
            heappop(queue)
            basket.take(index)
    return basket


def _guard(greedy: _Basket) -> _Basket:
    """The better of greedy per token, and the best single example that fits followed greedily by what still fits beside it.

    Greedy per token alone can be arbitrarily bad: a short example of little worth can shut out a long one of much. The better of
    the two reaches at least (1 - 1/e) / 2 of the best choice (Leskovec et al. 2007, after Khuller, Moss and Naor 1999; compare
    Lin and Bilmes 2010), given the pins and without quotas, for which no such bound is claimed.
    """
    start = _Basket(greedy.objective, greedy.rules)
    best = max(start.open(), key=start.gain, default=None)
    if best is None or sum(start.gains) + start.gain(best) <= sum(greedy.gains):
        return greedy
    start.take(best)
    return _fill(start)
