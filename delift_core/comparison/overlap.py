"""What selections have in common: examples, beside as many drawn by chance, and their order."""

from collections.abc import Sequence

import numpy as np

from delift_core.selection.constraints import Constraints
from delift_core.selection.rank_correlation import spearman


def jaccard(rows: Sequence[np.ndarray], size: int) -> np.ndarray:
    """(sets, sets) |A and B| / |A or B|. rows: (chosen,) indices of each set; size: of the pool."""
    members = np.zeros((len(rows), size))  # (sets, pool)
    for position, chosen in enumerate(rows):
        members[position, chosen] = 1
    return _share_of_union(members)


def expected_jaccard(rows: Sequence[np.ndarray], constraints: Sequence[Constraints]) -> np.ndarray:
    """(sets, sets) E|A and B| / (|A| + |B| - E|A and B|) of random sets as large as these.

    The random sets hold the same pins and as many of every group with a quota.
    """
    chances = [inclusion(chosen, own) for chosen, own in zip(rows, constraints)]
    return _share_of_union(np.array(chances))


def inclusion(chosen: np.ndarray, constraints: Constraints) -> np.ndarray:
    """(pool,) the chance of every example to be in a random set with the same pins and counts."""
    pins, free = constraints.pins, constraints.free
    drawn = constraints.group_sizes(chosen) - constraints.group_sizes(pins)  # (groups,)
    candidates = constraints.group_sizes(np.flatnonzero(free))  # (groups,)
    share = drawn / np.maximum(candidates, 1)  # (groups,)
    chances = np.where(free, share[constraints.groups], 0.0)  # (pool,)
    chances[pins] = 1.0
    return chances


def _share_of_union(members: np.ndarray) -> np.ndarray:
    """(sets, sets) b / (|A| + |B| - b), where b of the examples are in both. members: (sets, pool)
    shares of each example.
    """
    both = members @ members.T  # (sets, sets)
    sizes = members.sum(axis=1)  # (sets,)
    return both / (sizes[:, None] + sizes - both)


def rank_correlations(rows: Sequence[np.ndarray]) -> np.ndarray:
    """(sets, sets) Spearman's correlation of the ranks of the examples that two sets both hold.

    rows: (chosen,) indices of each set in order of choice. NaN where fewer than two are in both.
    """
    return np.array([[shared_rank_correlation(a, b) for b in rows] for a in rows])


def shared_rank_correlation(first: np.ndarray, second: np.ndarray) -> float:
    """Spearman's correlation of the ranks of what two orders both hold."""
    _, ranks, other_ranks = np.intersect1d(first, second, return_indices=True)
    return spearman(ranks, other_ranks)
