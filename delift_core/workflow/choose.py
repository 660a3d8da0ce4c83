"""From a run's kernels to the outcome of a choice: objective, order, selection, coverage."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from delift_core.runs.run import Run
from delift_core.scoring.kernel import UtilityKernel
from delift_core.selection.choice import Choice, objective_for, positions, restrictions_of
from delift_core.selection.constraints import Constraints
from delift_core.selection.coverage_estimate import CoverageEstimate, SampledRows, estimate_coverage
from delift_core.selection.greedy import Selection, greedy_selection
from delift_core.selection.kernel_objective import kernel_objective
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import OBJECTIVES
from delift_core.selection.outcome import Order, Outcome, curve_of, outcome_of
from delift_core.selection.settle import most_rows, settle
from delift_core.selection.warm_start import unchanged_picks


def choose(run: Run, choice: Choice) -> tuple[Objective, Selection]:
    """The objective of a choice over a run's kernels, and what it selects.

    Raises NotScored while a kernel it needs is unfinished.
    """
    objective = objective_of(run, choice, run.kernel)
    return objective, greedy_selection(objective, settled_constraints(run, choice))


def refuse_before_passes(run: Run, choice: Choice) -> None:
    """Refuse what choosing would refuse, before passes are made for it; no kernel is read.

    Raises NotScored while a kernel of the objective is unfinished, InvalidBudget and
    InvalidConstraint.
    """
    for name in OBJECTIVES[objective_for(choice.objective, run.roles)].kernels:
        run.require_finished(name)
    settled_constraints(run, choice)


def objective_of(run: Run, choice: Choice, kernel: Callable[[str], UtilityKernel]) -> Objective:
    """The objective of a choice.

    kernel: where kernels come from by name, the run itself or something that keeps them at hand.
    """
    name = objective_for(choice.objective, run.roles)
    kernels = {needed: kernel(needed) for needed in OBJECTIVES[name].kernels}
    return kernel_objective(name, kernels, choice)


def full_order(
    run: Run, choice: Choice, objective: Objective, before: tuple[Choice, Order] | None = None
) -> Order:
    """The greedy order to its end: as many rows as the pins, excludes and quotas of a choice allow.

    The budget of the choice does not matter.

    before: another choice of the same objective, and its full order; what still holds of it is not
    worked out again.
    """
    most = most_rows(len(run.pool), restrictions_of(run.pool, choice))
    settled = settled_constraints(run, replace(choice, budget=str(most)))
    known: list[int] = []
    if before is not None:
        known = still_known(run, choice, objective, *before)[:most]
    selection = greedy_selection(objective, settled, known)
    return Order(objective, selection, curve_of(objective, settled, selection))


def still_known(
    run: Run, choice: Choice, objective: Objective, other: Choice, order: Order
) -> list[int]:
    """The first picks of another choice's order that are this one's too."""
    if (choice.group_by, choice.quotas) != (other.group_by, other.quotas):
        return []
    pins, excludes, freed = (
        positions(run.pool, ids)
        for ids in (choice.pins, choice.excludes, set(other.excludes) - set(choice.excludes))
    )
    selection = order.selection
    count = unchanged_picks(objective, selection, pins, excludes, set(freed) - set(pins))
    return selection.indices[:count].tolist()


def outcome_within(run: Run, choice: Choice, order: Order) -> Outcome:
    """What a choice selects, taken from its full order where the budget is in rows.

    Raises what the engine refuses: a budget too large, pins that contradict quotas.
    """
    return outcome_of(choice, order, settled_constraints(run, choice))


def settled_constraints(run: Run, choice: Choice) -> Constraints:
    """The budget, pins, excludes and quotas of a choice, checked against the run's pool."""
    restrictions = restrictions_of(run.pool, choice)
    return settle(choice.budget, len(run.pool), costs(run), restrictions)


def coverage_estimate_of(
    run: Run, choice: Choice, objective: Objective, selection: Selection
) -> CoverageEstimate | None:
    """The coverage of a selection, estimated from sampled rows; None where every row was scored."""
    sample = run.pair_sample(OBJECTIVES[objective.name].kernels[0])
    if sample is None or sample.weights is None:
        return None
    settled = settled_constraints(run, choice)

    def chosen_of(part: Objective) -> np.ndarray:
        """What a part of the rows leads to; other methods than greedy do not look at them."""
        if selection.method != objective.name:
            return selection.indices
        return greedy_selection(part, settled).indices

    return estimate_coverage(
        objective,
        selection.indices,
        SampledRows(sample.stratum, sample.weights),
        chosen_of,
    )


def costs(run: Run) -> np.ndarray | None:
    """(pool,) response tokens of every example; at least 1, the end of turn."""
    alone = run.alone("pool")
    if alone is None:
        return None
    return np.maximum(alone.response_tokens, 1)
