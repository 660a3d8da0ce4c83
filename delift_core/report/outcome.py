"""What a choice selects and how far that reaches, in the engine's own numbers."""

from dataclasses import dataclass

import numpy as np

from delift_core.runs.store import Run
from delift_core.selection import curves
from delift_core.selection.choice import Choice
from delift_core.selection.constraints import BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objectives import Objective
from delift_core.units import coverage_percent, coverage_range
from delift_core.workflow.choose import full_order, within

CURVE_POINTS = 400
STEPS = 12  # rows of the curve's table, the budget and the knee besides


@dataclass(frozen=True, eq=False)
class Outcome:
    """A choice, what it selects, and the curve it is a point of."""

    choice: Choice
    objective: Objective
    selection: Selection
    shares: np.ndarray  # (rows + 1,) share of what the whole pool is worth after 0, 1, ... rows
    ranks: np.ndarray  # (points,) where the curve is drawn
    # (points,) each: the lowest and highest of ten random orders
    band: tuple[np.ndarray, np.ndarray]
    knee: int | None

    @property
    def share(self) -> float:
        """f(A) / f(pool)."""
        return self.selection.value / self.objective.whole if self.objective.whole else 0.0

    @property
    def chance(self) -> tuple[float, float]:
        """The lowest and highest share that random orders reach with as many rows."""
        place = int(np.searchsorted(self.ranks, len(self.selection)))
        return float(self.band[0][place]), float(self.band[1][place])

    @property
    def eighty(self) -> int | None:
        """The fewest rows that reach 80 % of what the whole pool reaches"""
        return curves.rows_reaching(self.shares, 0.8)

    @property
    def sentence(self) -> str:
        """What came of the choice, as a headline."""
        return (
            f"{len(self.selection):,} of {self.objective.size:,} examples reach"
            f" {coverage_percent(self.share)} of what the whole pool reaches"
        )

    @property
    def beside(self) -> str:
        """What chance would have made of it."""
        return (
            f"Ten random orders of the pool reach {coverage_range(*self.chance)} with as many rows."
        )

    @property
    def steps(self) -> list[tuple[int, float, float, float]]:
        """(rows, share, lowest and highest random share) at a dozen places of the curve, the budget
        and the knee among them.
        """
        # (steps,) places, not ranks
        even = np.linspace(0, len(self.ranks) - 1, STEPS + 1).round().astype(int)[1:]
        always = [
            int(np.searchsorted(self.ranks, rank))
            for rank in (len(self.selection), self.knee)
            if rank is not None
        ]
        places = np.unique([*even, *always]).tolist()
        return [
            (
                int(self.ranks[place]),
                *(float(line[place]) for line in (self.shares[self.ranks], *self.band)),
            )
            for place in places
        ]


def outcome_of(run: Run, choice: Choice, objective: Objective) -> Outcome:
    """Choose, and draw the curve; a choice by tokens has a curve of its own, for its order is
    another one.
    """
    order = full_order(run, choice, objective)
    selection = within(run, choice, objective, order)
    curve = selection if selection.budget.unit is BudgetUnit.TOKENS else order
    shares = curves.gain_curve(curve, objective.whole)
    ranks = curves.downsample(shares, CURVE_POINTS, keep=[len(selection)])
    return Outcome(
        choice,
        objective,
        selection,
        shares,
        ranks,
        curves.spread(curves.random_curves(objective, ranks)),
        curves.knee(shares),
    )
