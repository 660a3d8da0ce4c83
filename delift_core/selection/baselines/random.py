"""Random selections: a seeded permutation of the pool under the constraints of a choice."""

import numpy as np

from delift_core.selection.constraints import Constraints
from delift_core.selection.greedy import Selection, selection_in_order
from delift_core.selection.method import Method, MethodInputs
from delift_core.selection.objective import Objective
from delift_core.selection.ranking import order_within


def permutation(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices in an order that the seed decides."""
    return np.random.default_rng(inputs.options.seed).permutation(inputs.size)


RANDOM = Method(
    name="random",
    title="Random",
    sentence="A seeded random order of the pool.",
    needs=(),
    cost="nothing",
    source="the baseline of every published comparison",
    reads=("seed",),
    order=permutation,
)


def random_selection(objective: Objective, constraints: Constraints, seed: int) -> Selection:
    """A random selection under a budget, with the gain of each example under an objective."""
    return selection_in_order(objective, constraints, random_order(constraints, seed), RANDOM.name)


def random_order(constraints: Constraints, seed: int) -> np.ndarray:
    """The pins, then a seeded permutation of the free examples, as far as the budget reaches.

    Returns (chosen,) int64 indices.
    """
    return order_within(constraints, np.random.default_rng(seed).permutation(len(constraints.free)))
