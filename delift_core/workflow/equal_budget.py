"""Selections brought to the same budget: longer ones are cut, shorter ones stay as they are."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from delift_core.selection.budget import BudgetUnit
from delift_core.selection.constraints import Constraints
from delift_core.selection.greedy import Selection
from delift_core.selection.ranking import order_within


def cut_to(constraints: Constraints, selection: Selection) -> Selection:
    """The beginning of a selection that a budget reaches; the selection itself where it is shorter.

    Raises InvalidBudget where not even its first example fits.
    """
    spent = constraints.costs[selection.indices].cumsum()  # (chosen,)
    count = int(np.searchsorted(spent, constraints.limit, side="right"))
    if count == len(selection):
        return selection
    return replace(selection.prefix(count), budget=constraints.budget)


def rows_in_reach(constraints: Constraints, order: Iterable[int]) -> int | None:
    """The rows of an order that is too short for a row budget; None where it fills the budget."""
    if constraints.budget.unit is BudgetUnit.TOKENS:
        return None
    rows = len(order_within(constraints, order))
    return rows if rows < constraints.limit else None
