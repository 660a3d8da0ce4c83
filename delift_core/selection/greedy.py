"""Greedy selection: the order of an objective under constraints, and the gain of every choice.

Greedy takes, again and again, the example of highest marginal gain (per token, when the budget is
in tokens); ties go to the lower index. For a row budget the smaller choice is always the beginning
of the larger one, so the order is worked out once. The loop itself is in `greedy_numpy` and, for
large similarities, in `greedy_numba`; both give the same order and gains to the last bit.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike

from delift_core.errors import InvalidBudget
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.constraints import Constraints, Restrictions
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.settle import settle

IndicesAndGains = tuple[np.ndarray, np.ndarray]  # (chosen,) both


@dataclass(frozen=True, eq=False)
class Selection:
    """Examples in the order they were chosen, and the gain of each under a named objective.

    method: how they were chosen, a name of `methods()`; left out, by maximising the objective.
    """

    indices: np.ndarray  # (chosen,) int64
    gains: np.ndarray  # (chosen,) float64
    budget: Budget
    objective: ObjectiveName | None  # None where the gains are not worked out, and NaN
    parameters: Mapping[str, float] = field(default_factory=dict)
    costs: np.ndarray | None = None  # (chosen,) int64, response tokens where they were given
    pinned: int = 0  # how many of the first were pinned
    method: str = ""
    options: Mapping[str, object] = field(default_factory=dict)  # of the method, where not default

    def __post_init__(self):
        if not self.method:
            object.__setattr__(self, "method", str(self.objective))

    def __len__(self) -> int:
        return len(self.indices)

    @property
    def value(self) -> float:
        """f(A), which is the sum of the gains."""
        return float(self.gains.sum())

    @property
    def saturated_at(self) -> int | None:
        """How many choices there are up to the last positive gain; None if that is all of them.

        What comes after adds nothing and is in index order, so the choice of it is arbitrary. Pins
        are somebody's choice, never arbitrary.
        """
        if self.objective is None:
            return None
        rank = max([self.pinned, *np.flatnonzero(self.gains > 0) + 1])
        if rank == len(self):
            return None
        return int(rank)

    def prefix(self, count: int) -> "Selection":
        """The first choices: what `maximise` chooses with that smaller row budget.

        Raises InvalidBudget for fewer than one or more than there are.
        """
        if not 1 <= count <= len(self):
            raise InvalidBudget(
                f"The first {count} of a selection of {len(self)} cannot be taken; ask for 1 to"
                f" {len(self)}."
            )
        costs = None
        if self.costs is not None:
            costs = self.costs[:count]  # (count,)
        smaller = Budget(int(count), BudgetUnit.ROWS)
        return replace(
            self,
            indices=self.indices[:count],
            gains=self.gains[:count],
            costs=costs,
            budget=smaller,
            pinned=min(self.pinned, count),
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
    known: Sequence[int] = (),
) -> Selection:
    """The greedy choice of an objective under a budget.

    budget: rows (50), a fraction of the pool (0.3) or tokens ("4000 tokens").
    costs: (shown,) response tokens; a token budget is spent in them, a row budget records them.
    pins: chosen first, in this order, and counted.
    excludes: never chosen.
    groups, quotas: the group of each example, and the most rows of a group, pins included.
    known: the first picks, pins included, where they are known already (`warm_start`); a row
        budget only.

    Under a row budget the gains after the pins never rise, as long as no quota is full.

    Raises InvalidBudget, InvalidConstraint.
    """
    restrictions = Restrictions(pins, excludes, groups, quotas)
    constraints = settle(budget, objective.size, costs, restrictions)
    return greedy_selection(objective, constraints, known)


def greedy_selection(
    objective: Objective, constraints: Constraints, known: Sequence[int] = ()
) -> Selection:
    """The greedy choice of an objective under settled constraints; known: as in `maximise`."""
    begun = known or constraints.pins
    indices, gains = _fill(objective, constraints, begun, constraints.costs)  # (chosen,) both
    if constraints.budget.unit is BudgetUnit.TOKENS:
        indices, gains = _better_of_two(objective, constraints, indices, gains)
    return _selection(objective, constraints, indices, gains)


def selection_in_order(
    objective: Objective | None, constraints: Constraints, order: np.ndarray, method: str
) -> Selection:
    """The selection of an order that another method than greedy gives, pins first.

    order: (chosen,) indices that keep to the constraints.
    The gains are those under the objective, NaN without one.
    """
    gains = np.full(len(order), np.nan)  # (chosen,)
    if objective is not None:
        gains = gains_of_order(objective, order)
    selection = _selection(objective, constraints, order, gains)
    return replace(selection, method=method)


def gains_of_order(objective: Objective, order: np.ndarray) -> np.ndarray:
    """(chosen,) the marginal gain of every example of an order at its turn."""
    if objective.is_large:
        from delift_core.selection.greedy_numba import gains_in_order
    else:
        from delift_core.selection.greedy_numpy import gains_in_order
    return gains_in_order(objective, order)


def _selection(
    objective: Objective | None, constraints: Constraints, indices: np.ndarray, gains: np.ndarray
) -> Selection:
    """Indices and gains, (chosen,) both, with the budget and the tokens they belong to."""
    tokens = None
    if constraints.tokens is not None:
        tokens = constraints.tokens[indices]  # (chosen,)
    name, parameters = None, {}
    if objective is not None:
        name, parameters = objective.name, dict(objective.parameters)
    pinned = len(constraints.pins)
    return Selection(indices, gains, constraints.budget, name, parameters, tokens, pinned)


def _fill(
    objective: Objective,
    constraints: Constraints,
    begun: Sequence[int],
    weights: np.ndarray,
    most: int | None = None,
) -> IndicesAndGains:
    """Greedy by gain / weight after the examples begun with, compiled for a large similarity.

    Examples of which nothing was scored come after all others.
    """
    if objective.is_large:
        from delift_core.selection.greedy_numba import fill
    else:
        from delift_core.selection.greedy_numpy import fill
    if most is None:
        most = objective.size
    if objective.unscored is not None:
        scored = replace(constraints, free=constraints.free & ~objective.unscored)
        begun = fill(objective, scored, begun, weights, most)[0].tolist()
    return fill(objective, constraints, begun, weights, most)


def _better_of_two(
    objective: Objective, constraints: Constraints, indices: np.ndarray, gains: np.ndarray
) -> IndicesAndGains:
    """The better of greedy per token, and the best single example followed greedily.

    indices, gains: of greedy per token. The best single example is one that fits; it is followed by
    what still fits beside it. Greedy per token alone can be arbitrarily bad: a short example of
    little worth can shut out a long one of much. The better of the two reaches at least
    (1 - 1/e) / 2 of the best choice (Leskovec et al. 2007, after Khuller, Moss and Naor 1999;
    compare Lin and Bilmes 2010), given the pins and without quotas, for which no such bound is
    claimed.
    """
    unweighted = np.ones(objective.size, dtype=np.int64)  # (shown,)
    pins = constraints.pins
    single, single_gains = _fill(objective, constraints, pins, unweighted, len(pins) + 1)
    if single_gains.sum() <= gains.sum():
        return indices, gains
    return _fill(objective, constraints, single.tolist(), constraints.costs)
