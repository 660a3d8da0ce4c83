"""What a choice must respect: a budget, pins, excludes, and at most so many rows per group."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from delift_core.selection.budget import Budget, BudgetUnit


@dataclass(frozen=True, eq=False)
class Restrictions:
    """Which examples must and must not be chosen, and the most rows of a group, as asked for."""

    pins: Iterable[int] = ()  # chosen first, in this order
    excludes: Iterable[int] = ()  # never chosen
    groups: Sequence[Hashable] | None = None  # the group of each example
    quotas: Mapping[Any, int] | None = None  # the most rows of a group, pins included


@dataclass(frozen=True, eq=False)
class Constraints:
    """A budget and restrictions, checked and in the form the greedy loop uses; made by `settle`."""

    budget: Budget
    limit: int  # rows, or tokens
    costs: np.ndarray  # (shown,) int64, what each example takes of the limit: 1, or its tokens
    tokens: np.ndarray | None  # (shown,) int64, response tokens where they were given
    pins: list[int]  # chosen first, in this order
    free: np.ndarray  # (shown,) bool, neither pinned nor excluded
    groups: np.ndarray  # (shown,) int64, number of each example's group
    labels: tuple[Hashable, ...]  # (groups,)
    quotas: np.ndarray  # (groups,) int64, most rows of each group

    @property
    def available(self) -> int:
        """How many examples are not excluded."""
        return len(self.pins) + int(self.free.sum())

    @property
    def rows_allowed(self) -> int:
        """How many rows the pins and the quotas allow together."""
        room = self.quotas - self.group_sizes(self.pins)  # (groups,)
        candidates = self.group_sizes(np.flatnonzero(self.free))  # (groups,)
        return len(self.pins) + int(np.minimum(room, candidates).sum())

    @property
    def is_by_rows_alone(self) -> bool:
        """Whether any free example may be chosen as long as a budget in rows lasts."""
        is_in_rows = self.budget.unit is not BudgetUnit.TOKENS
        return is_in_rows and bool((self.quotas >= len(self.free)).all())

    def group_sizes(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """How many of these rows are in each group."""
        return np.bincount(self.groups[rows], minlength=len(self.labels))  # (groups,)
