"""The objective of a choice over kernels: similarities, weights of rows, and what comes last."""

from collections.abc import Mapping
from dataclasses import replace

from delift_core.scoring.kernel import UtilityKernel, similarities
from delift_core.selection.choice import Choice
from delift_core.selection.objective import Objective, weighted
from delift_core.selection.objectives import OBJECTIVES, build_objective, named_objective


def kernel_objective(name: str, kernels: Mapping[str, UtilityKernel], choice: Choice) -> Objective:
    """The objective of that name over the kernels it needs, as a choice has them made similar.

    Rows that a plan sampled count as often as they stand for others. Examples of which nothing was
    scored are chosen after all others. Raises UnknownObjective, UnusableSimilarity, InvalidWeight.
    """
    objective = build_objective(
        name,
        similarities(kernels, choice.measure, choice.transform, choice.diagonal),
        choice.eta,
        choice.nu,
    )
    # all kernels of an objective are answered by the same rows, and the first one shows the pool
    first = kernels[OBJECTIVES[named_objective(name)].kernels[0]]
    unscored = first.unscored  # (shown,)
    if unscored.any():
        objective = replace(objective, unscored=unscored)
    if first.weights is None:
        return objective
    return weighted(objective, first.weights)
