"""Gains after a growing choice from a large similarity, by the compiled loops of greedy."""

from collections.abc import Iterable

import numpy as np

from delift_core.selection.columns_numba import bounds_of, columns_of, cover, gain_of
from delift_core.selection.lanes import LANES
from delift_core.selection.lanes_numba import compiled
from delift_core.selection.objective import Objective
from delift_core.selection.open_rows_numba import what_rest_adds
from delift_core.selection.running_coverage_numpy import RunningCoverage


class CompiledCoverage(RunningCoverage):
    """What those chosen so far cover, as columns and the bar they are held against."""

    def __init__(self, objective: Objective, chosen: Iterable[int]):
        self.objective = objective
        self.columns, self.bar = columns_of(objective, objective.coverage(chosen))
        self.lanes = np.empty(LANES)

    def bounds(self) -> np.ndarray:
        """(shown,) what no marginal gain is above."""
        return bounds_of(self.objective, self.columns, self.bar)

    def gain(self, index: int) -> float:
        """Marginal gain of one example."""
        return gain_of(self.columns, index, self.bar, self.lanes)

    def newly_covered(self, index: int) -> int:
        """How many answered examples it would cover better than those chosen so far."""
        if self.objective.is_sparse:
            return _count_of_list(self.columns, index, self.bar)
        return _count_of_whole(self.columns, index, self.bar)

    def choose(self, index: int) -> None:
        """Count an example among the chosen."""
        cover(self.columns, index, self.bar)

    def choose_all(self, indices: np.ndarray) -> None:
        """Count some examples among the chosen, one after the other."""
        _cover_all(self.columns, indices, self.bar)


@compiled
def _cover_all(columns, indices, bar):
    """Raise the bar to what some examples cover."""
    for j in indices:
        cover(columns, j, bar)


@compiled
def _count_of_whole(columns, j, bar):
    """How many answered examples gain from a whole column."""
    column, count = columns.whole[j], 0
    for i in range(len(column)):
        count += min(column[i], columns.ceiling[i]) > bar[i]
    return count


@compiled
def _count_of_list(columns, j, bar):
    """How many gain from what was scored, or from their rest where that was not."""
    count = columns.open_count[0]
    begin = columns.starts[j]
    for position in range(begin, begin + columns.lengths[j]):
        i = columns.rows[position]
        count += min(columns.values[position], columns.ceiling[i]) > bar[i]
        count -= what_rest_adds(columns, i, bar) > 0
    return count
