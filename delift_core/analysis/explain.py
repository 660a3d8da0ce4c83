"""Why an example was chosen, or was not: its marginal gain as an exact sum, and the runner-up.

    gain of j at its turn = sum_i [clip(s[i, j], coverage_i, ceiling_i) - coverage_i] + w_j

coverage_i is what the earlier choices cover of answered example i; before any, the floor.
"""

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from delift_core.analysis.owners import owners
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objective import Objective
from delift_core.selection.running_coverage import running_coverage
from delift_core.selection.running_coverage_numpy import RunningCoverage

# the negative of a bound of its gain, an example, and the rank at which the bound was worked out
Candidate = tuple[float, int, int]


@dataclass(frozen=True, eq=False)
class Reason:
    """A marginal gain as a sum: gain = parts.sum() + modular."""

    index: int  # of the example in the pool
    answered: np.ndarray  # (parts,) answered examples newly covered, largest part first
    parts: np.ndarray  # (parts,) what it adds to each
    before: np.ndarray  # (parts,) owner of each before, NOBODY where no chosen example was
    capped: np.ndarray  # (parts,) bool, limited by the ceiling: the target asks for no more
    modular: float  # w_j, what it is worth by itself

    @property
    def gain(self) -> float:
        return float(self.parts.sum()) + self.modular


def reason_for(objective: Objective, chosen: np.ndarray, index: int) -> Reason:
    """What an example adds, or would add, to those already chosen.

    Ties between parts are in the order of the answered examples.

    chosen: indices in order of choice, without the example.
    """
    coverage = objective.coverage(chosen)  # (answered,)
    added = objective.covered(index, coverage) - coverage  # (answered,)
    answered = np.flatnonzero(added > 0)  # (parts,)
    answered = answered[np.argsort(-added[answered], kind="stable")]
    capped = objective.column(index)[answered] > objective.ceiling[answered]  # (parts,)
    return Reason(
        index,
        answered,
        added[answered],
        owners(objective, chosen)[answered],
        capped,
        float(objective.modular[index]),
    )


def why_chosen(objective: Objective, selection: Selection, rank: int) -> Reason:
    """The gain of the example chosen at a rank, counted from 1."""
    return reason_for(objective, selection.indices[: rank - 1], int(selection.indices[rank - 1]))


def by_gain_alone(selection: Selection, quotas: Mapping | None) -> bool:
    """Whether greedy took the highest gain at every turn.

    A token budget compares gain per token, and a quota passes over a full group.
    """
    return selection.budget.unit is not BudgetUnit.TOKENS and not quotas


def runner_up(
    objective: Objective, selection: Selection, rank: int, excluded: np.ndarray
) -> tuple[int, float] | None:
    """(index, gain) of the best example that was not taken at a rank, as `runners_up` gives it."""
    return next(runners_up(objective, selection, excluded, first=rank))


def runners_up(
    objective: Objective, selection: Selection, excluded: np.ndarray, first: int = 1
) -> Iterator[tuple[int, float] | None]:
    """(index, gain) of the best example that was not taken at each rank, from rank `first` on.

    None at the rank of a pin, and where no other example was left; ties go to the lower index. It
    has a meaning only where examples compete `by_gain_alone`.

    excluded: indices that could never be taken.
    """
    taken = set(selection.indices[: first - 1].tolist())
    running = running_coverage(objective, sorted(taken))
    queue = _queued(running.bounds(), taken.union(np.asarray(excluded).tolist()))
    for rank, index in enumerate(selection.indices[first - 1 :].tolist(), first):
        taken.add(index)
        if rank <= selection.pinned:
            yield None
        else:
            yield _best_left(running, queue, taken, rank)
        running.choose(index)


def _queued(bounds: np.ndarray, never: Iterable[int]) -> list[Candidate]:
    """All but some examples as a heap: the highest bound first, then the lower index.

    bounds: (shown,).
    """
    free = np.ones(len(bounds), dtype=bool)  # (shown,)
    free[list(never)] = False
    candidates = np.flatnonzero(free)  # (candidates,)
    ordered = candidates[np.argsort(-bounds[candidates], kind="stable")]  # in order: a heap
    return list(zip((-bounds[ordered]).tolist(), ordered.tolist(), repeat(0)))


def _best_left(
    running: RunningCoverage, queue: list[Candidate], taken: set[int], rank: int
) -> tuple[int, float] | None:
    """The head of the queue once its bound is of this rank; examples taken leave the queue.

    Gains never rise, so the gain at an earlier rank bounds the gain now (Minoux 1978): only heads
    of the queue are worked out again.
    """
    while queue:
        negative_bound, example, bound_at = queue[0]
        if example in taken:
            heapq.heappop(queue)
        elif bound_at == rank:
            return example, -negative_bound
        else:
            heapq.heapreplace(queue, (-running.gain(example), example, rank))
    return None


def owner_shares(
    objective: Objective, chosen: np.ndarray, index: int
) -> tuple[np.ndarray, np.ndarray]:
    """(owners,) and (owners,): who owns what an example would cover first, and how much of it.

    The share of an owner is the sum of clip(s[i, j], floor_i, ceiling_i) - floor_i over the
    answered examples it owns, the largest first; NOBODY owns what is still open.
    """
    alone = objective.covered(index, objective.floor) - objective.floor  # (answered,)
    covered = np.flatnonzero(alone > 0)  # (covered,)
    owner = owners(objective, chosen)[covered]  # (covered,)
    names, position = np.unique(owner, return_inverse=True)  # (owners,), (covered,)
    shares = np.bincount(position, weights=alone[covered], minlength=len(names))  # (owners,)
    order = np.argsort(-shares, kind="stable")
    return names[order], shares[order]
