"""A seeded random order in which every group has its share of every beginning."""

import numpy as np

from delift_core.errors import MethodUnavailable
from delift_core.selection.baselines.random import permutation
from delift_core.selection.baselines.scores import ascending
from delift_core.selection.method import Method, MethodInputs, Need, missing_sentence


def by_group(inputs: MethodInputs) -> np.ndarray:
    """(pool,) indices by (rank in its group - 1/2) / size of the group. Raises MethodUnavailable.

    Ranks within a group are a seeded permutation; ties go to the lower index.
    """
    if inputs.groups is None:
        raise MethodUnavailable(missing_sentence(Need.GROUPS))
    _, labels = np.unique(np.asarray(inputs.groups, dtype=str), return_inverse=True)  # (pool,)
    shuffled = permutation(inputs)  # (pool,)
    position = np.empty(inputs.size)  # (pool,)
    for group in range(labels.max() + 1):
        members = shuffled[labels[shuffled] == group]  # (members,)
        position[members] = (np.arange(len(members)) + 0.5) / len(members)
    return ascending(position)


RANDOM_PER_GROUP = Method(
    name="random_per_group",
    title="Random, by group",
    sentence="A random order that holds every group in proportion from the first rows on.",
    needs=(Need.GROUPS,),
    cost="nothing",
    source="stratified sampling",
    reads=("seed",),
    order=by_group,
)
