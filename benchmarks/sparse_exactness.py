"""Greedy by its definition on dense arrays, to hold choices from sparse similarities against.

Nothing here is shared with the loops that choose: every gain is worked out at every turn from the
whole array, and every constraint is asked about anew.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.selection.greedy import maximise
from delift_core.selection.objective import Objective
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import build_objective

STEPS = 2**16  # similarities in so many steps add up exactly in any order
GROUPS = 3
WEIGHTS = ((1.0, 1.0), (0.5, 2.0))  # eta and nu


@dataclass(frozen=True)
class Rules:
    """What a choice is held to."""

    budget: int | str
    pins: tuple[int, ...]
    excludes: tuple[int, ...]
    costs: np.ndarray  # (shown,) tokens
    groups: list[int]  # (shown,)
    quotas: Mapping[int, int] | None

    @property
    def arguments(self) -> dict:
        """As `maximise` takes them."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def sparse_world(rng: np.random.Generator) -> dict[str, SparseSimilarity]:
    """Sparse similarities between a pool, a target and known examples."""
    pool, target, known = (int(rng.integers(*ends)) for ends in ((8, 40), (1, 6), (1, 6)))
    share = rng.choice([0.1, 0.3, 0.8])
    shapes = {
        "pool_pool": (pool, pool),
        "target_pool": (target, pool),
        "pool_target": (pool, target),
        "pool_known": (pool, known),
    }
    return {name: _similarity(rng, shape, share) for name, shape in shapes.items()}


def _similarity(rng: np.random.Generator, shape: tuple[int, int], share: float) -> SparseSimilarity:
    """A share of the pairs, a tenth of them 0; rests between those scored."""
    rows, columns = np.nonzero(rng.random(shape) < share)  # (scored,) both
    values = rng.integers(0, STEPS, len(rows)) * (rng.random(len(rows)) > 0.1)  # (scored,)
    scored = csc_array(((values / STEPS).astype(np.float32), (rows, columns)), shape=shape)
    rest = rng.integers(0, STEPS // 2, shape[0]) / STEPS  # (answered,)
    return SparseSimilarity(scored, rest.astype(np.float32))


def every_rule(rng: np.random.Generator, size: int) -> Iterator[Rules]:
    """A row budget, a token budget, pins and excludes, quotas."""
    costs, groups = rng.integers(1, 9, size), rng.integers(GROUPS, size=size).tolist()
    count = int(rng.integers(2, size // 2 + 1))
    names = rng.permutation(size).tolist()
    pins, excludes = tuple(names[: count // 2]), tuple(names[count // 2 : count])
    tokens = f"{int(costs[list(pins)].sum()) + int(rng.integers(9, 5 * size))} tokens"
    quotas = {group: max(groups.count(group) // 2, 1) for group in set(groups)}
    room = sum(quotas.values()) - 1  # one example is excluded
    yield Rules(count, (), (), costs, groups, None)
    yield Rules(tokens, (), (), costs, groups, None)
    yield Rules(count, pins, excludes, costs, groups, None)
    yield Rules(tokens, pins, excludes, costs, groups, None)
    yield Rules(max(min(count, room), 1), (), excludes[:1], costs, groups, quotas)


def dense(similarity: SparseSimilarity) -> np.ndarray:
    """(answered, shown) array of the same numbers."""
    return np.stack([similarity.column(j) for j in range(similarity.shape[1])], axis=1)


def naive_value(objective: Objective, rules: Rules) -> float:
    """f(A) of greedy by its definition: by gain, or by gain per token under a token budget."""
    by_tokens = isinstance(rules.budget, str)
    left = int(rules.budget.split()[0]) if isinstance(rules.budget, str) else rules.budget
    prices = rules.costs if by_tokens else np.ones(objective.size, np.int64)  # (shown,)
    chosen: list[int] = []
    while True:
        free = [j for j in range(objective.size) if _fits(j, chosen, rules, prices, left)]
        if len(chosen) < len(rules.pins):
            free = [rules.pins[len(chosen)]]
        if not free:
            return objective.value(chosen)
        worths = _gains(objective, chosen)[free] / prices[free]  # (free,)
        pick = free[int(worths.argmax())]
        chosen.append(pick)
        left -= int(prices[pick])


def _gains(objective: Objective, chosen: list[int]) -> np.ndarray:
    """(shown,) marginal gain of every example, from the whole array."""
    coverage = objective.floor  # (answered,)
    if chosen:
        best = objective.similarity[:, chosen].max(axis=1)  # (answered,)
        coverage = np.clip(best, objective.floor, objective.ceiling)
    raised = np.clip(objective.similarity, coverage[:, None], objective.ceiling[:, None])
    return (raised - coverage[:, None]).sum(axis=0) + objective.modular


def _fits(j: int, chosen: list[int], rules: Rules, prices: np.ndarray, left: int) -> bool:
    """Whether an example may be chosen next."""
    if j in chosen or j in rules.excludes or prices[j] > left:
        return False
    if rules.quotas is None:
        return True
    group = rules.groups[j]
    return sum(rules.groups[pick] == group for pick in chosen) < rules.quotas[group]


def compare(kernels: int) -> tuple[int, int, int]:
    """(choices, those below naive greedy, those not equal to the dense loop) of random kernels."""
    rng = np.random.default_rng(17)
    choices, below, other = 0, 0, 0
    for _ in range(kernels):
        world = sparse_world(rng)
        arrays = {name: dense(similarity) for name, similarity in world.items()}
        for name in ObjectiveName:
            for weights in WEIGHTS:
                few = build_objective(name, world, *weights)
                array = build_objective(name, arrays, *weights)
                for rules in every_rule(rng, few.size):
                    chosen = maximise(few, **rules.arguments)
                    twin = maximise(array, **rules.arguments)
                    choices += 1
                    below += chosen.value < naive_value(array, rules)
                    other += chosen.indices.tolist() != twin.indices.tolist()
                    other += chosen.gains.tolist() != twin.gains.tolist()
    return choices, below, other
