"""Gains after a growing choice from a small similarity, with NumPy."""

from collections.abc import Iterable

import numpy as np

from delift_core.selection.objective import Objective


class RunningCoverage:
    """What those chosen so far cover, and what others would add to it."""

    def __init__(self, objective: Objective, chosen: Iterable[int]):
        self.objective = objective
        self.coverage = objective.coverage(chosen)  # (answered,)

    def bounds(self) -> np.ndarray:
        """(shown,) what no marginal gain is above."""
        return np.full(self.objective.size, np.inf)

    def gain(self, index: int) -> float:
        """Marginal gain of one example."""
        return self.objective.gain(index, self.coverage)

    def newly_covered(self, index: int) -> int:
        """How many answered examples it would cover better than those chosen so far."""
        return int((self.objective.covered(index, self.coverage) > self.coverage).sum())

    def choose(self, index: int) -> None:
        """Count an example among the chosen."""
        self.coverage = self.objective.covered(index, self.coverage)  # (answered,)

    def choose_all(self, indices: np.ndarray) -> None:
        """Count some examples among the chosen, one after the other."""
        for index in indices:
            self.choose(index)
