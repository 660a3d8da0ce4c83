"""Sparse utility kernels of made-up scores: a constant number of pairs an example."""

import numpy as np
from scipy.sparse import csc_array

from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind
from delift_core.scoring.sparse_kernel import SparseUtilityKernel, with_data

SPAN = 8  # near pairs lie within so many times their number of each example
UNREADABLE = 0.001  # of the pairs could not be scored


def anywhere(size: int, pairs: int, rng: np.random.Generator) -> np.ndarray:
    """(size, pairs) answered examples of each shown one, drawn from all."""
    return rng.integers(size, size=(size, pairs), dtype=np.int32)


def near(size: int, pairs: int, rng: np.random.Generator) -> np.ndarray:
    """(size, pairs) answered examples of each shown one, drawn from its neighbours on a ring."""
    gaps = rng.integers(1, SPAN * pairs, size=(size, pairs), dtype=np.int32)  # (size, pairs)
    gaps *= rng.choice(np.array([-1, 1], np.int32), size=gaps.shape)
    return (np.arange(size, dtype=np.int32)[:, None] + gaps) % size


NEIGHBOURS = {"anywhere": anywhere, "near": near}


def synthetic_sparse_kernel(kind: str, size: int, pairs: int) -> SparseUtilityKernel:
    """A square kernel of utilities of which four in ten are negative; doubles are left out."""
    rng = np.random.default_rng(size)
    rows = NEIGHBOURS[kind](size, pairs, rng)  # (shown, pairs)
    rows.sort(axis=1)
    kept = np.diff(rows, axis=1, prepend=-1) > 0  # (shown, pairs)
    kept &= rows != np.arange(size)[:, None]
    starts = np.concatenate([[0], kept.sum(axis=1).cumsum()])  # (shown + 1,)
    utility = rng.normal(0.015, 0.06, starts[-1]).astype(np.float32)  # (scored,)
    utility[rng.random(len(utility)) < UNREADABLE] = np.nan
    values = csc_array((utility, rows[kept], starts), shape=(size, size))
    mask = with_data(values, np.ones(len(utility), bool))
    truncated = with_data(values, np.zeros(len(utility), bool))
    sample = PairSample(PlanKind.NEAREST, mask, np.full(size, -1, np.int32), None)
    alone = rng.random(size, dtype=np.float32)  # (answered,)
    return SparseUtilityKernel(values, values, truncated, alone, True, sample)
