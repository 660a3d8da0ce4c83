"""From a run's kernels to a selection: the objective of a choice, its greedy order, and how far it
reaches.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from delift_core.runs.store import Run
from delift_core.scoring.kernel import UtilityKernel, similarities
from delift_core.selection.choice import Choice, constraints, objective_for, positions
from delift_core.selection.constraints import Budget, BudgetUnit, most_rows, settle
from delift_core.selection.coverage_estimate import CoverageEstimate, estimate_coverage
from delift_core.selection.greedy import Selection, maximise
from delift_core.selection.objectives import RECIPES, Objective, build_objective, weighted
from delift_core.selection.warm_start import kept


def choose(run: Run, choice: Choice) -> tuple[Objective, Selection]:
    """The objective of a choice over a run's kernels, and what it selects.

    Raises NotScored while a kernel it needs is unfinished.
    """
    objective = objective_of(run, choice, run.kernel)
    return objective, maximise(
        objective, choice.budget, costs=costs(run), **constraints(run.pool, choice)
    )


def objective_of(run: Run, choice: Choice, kernel: Callable[[str], UtilityKernel]) -> Objective:
    """The objective of a choice.

    kernel: where kernels come from by name, the run itself or something that keeps them at hand.
    """
    name = objective_for(choice.objective, run.roles)
    kernels = {needed: kernel(needed) for needed in RECIPES[name].kernels}
    objective = build_objective(
        name,
        similarities(kernels, choice.measure, choice.transform, choice.diagonal),
        choice.eta,
        choice.nu,
    )
    # all kernels of an objective are answered by the same rows
    weights = kernels[RECIPES[name].kernels[0]].weights
    return objective if weights is None else weighted(objective, weights)


def full_order(
    run: Run, choice: Choice, objective: Objective, before: tuple[Choice, Selection] | None = None
) -> Selection:
    """The greedy order to its end: as many rows as the pins, excludes and quotas of a choice allow.

    Its budget does not matter.

    before: another choice of the same objective, and its full order; what still holds of it is not
    worked out again.
    """
    rules = constraints(run.pool, choice)
    known = still_known(run, choice, objective, *before) if before else []
    most = most_rows(len(run.pool), **rules)
    return maximise(objective, most, costs=costs(run), known=known[:most], **rules)


def still_known(
    run: Run, choice: Choice, objective: Objective, other: Choice, order: Selection
) -> list[int]:
    """The first picks of another choice's order that are this one's too."""
    if (choice.group_by, choice.quotas) != (other.group_by, other.quotas):
        return []
    pins, excludes, freed = (
        positions(run.pool, ids)
        for ids in (choice.pins, choice.excludes, set(other.excludes) - set(choice.excludes))
    )
    return order.indices[: kept(objective, order, pins, excludes, set(freed) - set(pins))].tolist()


def within(run: Run, choice: Choice, objective: Objective, order: Selection) -> Selection:
    """What `choose` selects, taken from the full order where the budget is in rows: greedy choices
    are nested.
    """
    budget, rules = Budget.parse(choice.budget), constraints(run.pool, choice)
    settle(budget, len(run.pool), costs=costs(run), **rules)
    if budget.unit is BudgetUnit.TOKENS:
        return maximise(objective, budget, costs=costs(run), **rules)
    return replace(order.prefix(budget.rows(len(run.pool))), budget=budget)


def coverage_estimate_of(
    run: Run, choice: Choice, objective: Objective, selection: Selection
) -> CoverageEstimate | None:
    """How far a selection reaches where rows were sampled, with an error bar; None where no row
    stands for others.
    """
    drawn, rules = (
        run.pair_sample(RECIPES[objective.name].kernels[0]),
        constraints(run.pool, choice),
    )
    if drawn is None or drawn.weights is None:
        return None
    return estimate_coverage(
        objective,
        selection.indices,
        drawn.stratum,
        drawn.weights,
        lambda part: maximise(part, choice.budget, costs=costs(run), **rules).indices,
    )


def costs(run: Run) -> np.ndarray | None:
    """(pool,) response tokens of every example; one that nothing can be scored of costs its end of
    turn.
    """
    alone = run.alone("pool")
    return None if alone is None else np.maximum(alone.response_tokens, 1)
