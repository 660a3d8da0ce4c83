"""Why an example was chosen, or was not: its marginal gain as an exact sum over the answered
examples it covers anew.

    gain of j at its turn = sum_i [clip(s[i, j], coverage_i, ceiling_i) - coverage_i] + w_j

coverage is what the earlier choices (or, before any, the floor) already cover of each answered
example.
"""

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from delift_core.analysis.owners import owners
from delift_core.selection.budget import BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objective import Objective


@dataclass(frozen=True, eq=False)
class Reason:
    """A marginal gain taken apart; gain = parts.sum() + modular."""

    index: int  # the example of the pool
    # (parts,) the answered examples it covers anew, largest part first, then in their order
    answered: np.ndarray
    parts: np.ndarray  # (parts,) what it adds to each
    before: np.ndarray  # (parts,) who covered each best before, NOBODY where no chosen example did
    capped: np.ndarray  # (parts,) bool, cut short by the ceiling: the target asks for no more
    modular: float  # w_j, what it is worth by itself

    @property
    def gain(self) -> float:
        return float(self.parts.sum()) + self.modular


def reason_for(objective: Objective, chosen: np.ndarray, index: int) -> Reason:
    """What an example adds, or would add, to those already chosen.

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
    """Whether greedy took the highest gain at every turn: a token budget compares gain per token,
    and a quota passes over a full group.
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
    coverage = objective.coverage(sorted(taken))  # (answered,)
    never = taken.union(np.asarray(excluded).tolist())
    queue = [_Candidate(-np.inf, index, 0) for index in range(objective.size) if index not in never]
    for rank, index in enumerate(selection.indices[first - 1 :].tolist(), first):
        taken.add(index)
        if rank <= selection.pinned:
            yield None
        else:
            yield _best_left(objective, coverage, queue, taken, rank)
        coverage = objective.covered(index, coverage)


class _Candidate(NamedTuple):
    """An example in the queue, in the order of a heap: the highest bound, then the lower index."""

    negative_bound: float
    example: int
    rank: int  # at which the bound was worked out


def _best_left(
    objective: Objective,
    coverage: np.ndarray,
    queue: list[_Candidate],
    taken: set[int],
    rank: int,
) -> tuple[int, float] | None:
    """The head of the queue once its bound is of this rank; examples taken leave the queue.

    Gains never rise, so the gain at an earlier rank bounds the gain now (Minoux 1978): only heads
    of the queue are worked out again.
    """
    while queue:
        head = queue[0]
        if head.example in taken:
            heapq.heappop(queue)
        elif head.rank == rank:
            return head.example, -head.negative_bound
        else:
            gain = objective.gain(head.example, coverage)
            heapq.heapreplace(queue, _Candidate(-gain, head.example, rank))
    return None


def who_covers(
    objective: Objective, chosen: np.ndarray, index: int
) -> tuple[np.ndarray, np.ndarray]:
    """(owners, shares) of what an example would cover if nothing were chosen: who covers it
    instead, the largest share first.

    share of an owner = sum over its answered examples of clip(s[i, j], floor_i, ceiling_i) -
    floor_i; NOBODY owns what is still open.
    """
    alone = objective.covered(index, objective.floor) - objective.floor  # (answered,)
    who = owners(objective, chosen)  # (answered,)
    found, place = np.unique(who[alone > 0], return_inverse=True)  # (owners,), (covered,)
    shares = np.bincount(place, weights=alone[alone > 0], minlength=len(found))  # (owners,)
    order = np.argsort(-shares, kind="stable")
    return found[order], shares[order]
