"""What comes of a choice: its selection, coverage, curve, knee, and random selections beside it.

Pages, command line and report take these numbers from here. An `Order` is worked out once for all
row budgets, whose selections are its prefixes; an `Outcome` is one budget of it. A choice by
tokens has an order and a curve of its own.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from delift_core.selection.budget import BudgetUnit
from delift_core.selection.choice import Choice
from delift_core.selection.constraints import Constraints
from delift_core.selection.curves import (
    coverage_curve,
    downsample,
    knee,
    random_band,
    rows_reaching,
)
from delift_core.selection.greedy import Selection, greedy_selection
from delift_core.selection.objective import Objective

CURVE_POINTS = 400
TABLE_ROWS = 12  # of the curve as a table, the budget and the knee besides


@dataclass(frozen=True, eq=False)
class Curve:
    """Coverage of the first 0, 1, ... examples of a selection, beside random selections."""

    coverage: np.ndarray  # (chosen + 1,)
    lowest: np.ndarray  # (chosen + 1,) of ten random selections under the same constraints
    highest: np.ndarray  # (chosen + 1,)
    knee: int | None  # the point of diminishing returns

    def random_range(self, rank: int) -> tuple[float, float]:
        """The lowest and the highest coverage of random selections beside the first `rank`."""
        return float(self.lowest[rank]), float(self.highest[rank])

    def examples_for(self, coverage: float) -> int | None:
        """The fewest examples with that coverage, None where no number of them has it."""
        return rows_reaching(self.coverage, coverage)

    def ranks_drawn(self, budget: int) -> np.ndarray:
        """(points,) ranks to draw the curve at, its knee and the budget among them."""
        return downsample(self.coverage, CURVE_POINTS, keep=[budget])


@dataclass(frozen=True, eq=False)
class Order:
    """A choice without its budget: the greedy order to its end, and its curve."""

    objective: Objective
    selection: Selection
    curve: Curve

    @cached_property
    def ranks(self) -> np.ndarray:
        """(pool,) the row budget at which each example enters, 0 where none does."""
        return ranks_of(self.selection, self.objective.size)


@dataclass(frozen=True, eq=False)
class Outcome:
    """A choice, what it selects, and the curve that its budget is a point of."""

    choice: Choice
    order: Order
    selection: Selection
    curve: Curve  # of the order, or under a token budget of the selection itself

    @property
    def objective(self) -> Objective:
        return self.order.objective

    @cached_property
    def ranks(self) -> np.ndarray:
        """(pool,) the rank of every example in the selection, 0 where it was not chosen."""
        return ranks_of(self.selection, self.objective.size)

    @property
    def coverage(self) -> float:
        """f(A) / f(pool)."""
        return coverage_of(self.selection, self.objective)

    @property
    def random_range(self) -> tuple[float, float]:
        """The lowest and the highest coverage of random selections with the same budget."""
        return self.curve.random_range(len(self.selection))

    @property
    def knee(self) -> int | None:
        """The point of diminishing returns on the curve, in examples."""
        return self.curve.knee

    def examples_for(self, coverage: float) -> int | None:
        """The fewest examples on the curve with that coverage, None where no number has it."""
        return self.curve.examples_for(coverage)

    @cached_property
    def ranks_drawn(self) -> np.ndarray:
        """(points,) where the curve is drawn, the budget among them."""
        return self.curve.ranks_drawn(len(self.selection))

    @property
    def table(self) -> list[tuple[int, float, float, float]]:
        """(rows, coverage, lowest and highest random coverage) of a dozen points of the curve.

        The budget and the knee are always among them.
        """
        last = len(self.ranks_drawn) - 1
        even = np.linspace(0, last, TABLE_ROWS + 1).round().astype(int)[1:]  # (rows,)
        ranks = {*self.ranks_drawn[even].tolist(), len(self.selection)}
        if self.knee is not None:
            ranks.add(self.knee)
        return [
            (rank, float(self.curve.coverage[rank]), *self.curve.random_range(rank))
            for rank in sorted(ranks)
        ]


def curve_of(objective: Objective, constraints: Constraints, selection: Selection) -> Curve:
    """The curve of a selection under these constraints."""
    coverage = coverage_curve(selection, objective.whole)  # (chosen + 1,)
    return Curve(coverage, *random_band(objective, constraints, selection), knee(coverage))


def outcome_of(choice: Choice, order: Order, constraints: Constraints) -> Outcome:
    """What a choice selects: a prefix of the order, or under a token budget an order of its own.

    constraints: those of the choice, its budget included.
    """
    if constraints.budget.unit is BudgetUnit.TOKENS:
        selection = greedy_selection(order.objective, constraints)
        curve = curve_of(order.objective, constraints, selection)
        return Outcome(choice, order, selection, curve)
    prefix = order.selection.prefix(constraints.limit)
    return Outcome(choice, order, replace(prefix, budget=constraints.budget), order.curve)


def coverage_of(selection: Selection, objective: Objective) -> float:
    """f(A) / f(pool); 0 where the whole pool is worth nothing."""
    return selection.value / objective.whole if objective.whole else 0.0


def coverage_of_examples(chosen: np.ndarray, objective: Objective) -> float:
    """f(A) / f(pool) of any examples, whatever chose them; 0 where the pool is worth nothing."""
    return objective.value(chosen) / objective.whole if objective.whole else 0.0


def ranks_of(selection: Selection, size: int) -> np.ndarray:
    """(size,) the rank of each example in a selection, 0 outside it."""
    ranks = np.zeros(size, dtype=np.int64)
    ranks[selection.indices] = np.arange(1, len(selection) + 1)
    return ranks
