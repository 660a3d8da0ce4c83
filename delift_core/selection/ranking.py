"""From the full order of a method to its selection under the constraints of a choice."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from delift_core.errors import InvalidBudget
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.constraints import Constraints
from delift_core.selection.greedy import Selection, selection_in_order
from delift_core.selection.method import Method, MethodInputs, refuse_missing
from delift_core.selection.objective import Objective


def method_selection(
    method: Method, inputs: MethodInputs, constraints: Constraints, objective: Objective | None
) -> Selection:
    """What a method that has an order of its own selects under constraints.

    objective: what the gains are under; without one they are NaN.

    Raises MethodUnavailable, and InvalidBudget where the order holds too few examples.
    """
    refuse_missing(method, inputs)
    if method.order is None:
        raise ValueError(f"{method.name} is an objective, which greedy maximises")
    order = order_within(constraints, method.order(inputs))
    _check_filled(method, constraints, order)
    selection = selection_in_order(objective, constraints, order, method.name)
    changed = inputs.options.changed
    return replace(
        selection, options={name: changed[name] for name in changed if name in method.reads}
    )


def order_within(constraints: Constraints, order: Iterable[int]) -> np.ndarray:
    """The pins, then an order of examples, as far as the budget and the quotas reach.

    An example whose group is full, or which does not fit in what is left of the budget, is
    skipped. Returns (chosen,) int64 indices.
    """
    candidates = np.fromiter(order, dtype=np.int64)  # (ranked,)
    candidates = candidates[constraints.free[candidates]]
    if constraints.is_by_rows_alone:
        pins = np.array(constraints.pins, dtype=np.int64)
        return np.concatenate([pins, candidates])[: constraints.limit]  # (chosen,)
    costs, groups = constraints.costs.tolist(), constraints.groups.tolist()
    budget_left = constraints.limit
    room = constraints.quotas.tolist()  # (groups,)
    chosen = []
    for index in [*constraints.pins, *candidates.tolist()]:
        group = groups[index]
        if costs[index] <= budget_left and room[group] > 0:
            chosen.append(index)
            budget_left -= costs[index]
            room[group] -= 1
    return np.array(chosen, dtype=np.int64)  # (chosen,)


def _check_filled(method: Method, constraints: Constraints, order: np.ndarray) -> None:
    """An order that is shorter than a row budget is refused, never silently cut."""
    if constraints.budget.unit is not BudgetUnit.TOKENS and len(order) < constraints.limit:
        raise InvalidBudget(
            f"The budget asks for {constraints.limit} rows and method {method.name} has"
            f" {len(order)} that the pins, excludes and quotas allow; ask for fewer."
        )
