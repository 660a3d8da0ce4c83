"""Sparse similarities drawn at random, and the dense arrays that they stand for."""

import numpy as np
from hypothesis import strategies as st
from scipy.sparse import csc_array

from delift_core.scoring.sparse_similarity import SparseSimilarity

SNAPS = (2, 16, 2**24)  # ties everywhere, many ties, hardly any


def sparse_similarity(rng, shape, share, snap=2**24, low=0.0):
    """A share of the pairs scored, zeros among them; numbers in steps of 1 / snap from low on.

    In most kernels rests lie in the middle of what was scored; in some there is none.
    """
    values = np.floor(rng.random(shape) ** rng.integers(1, 4) * snap) / snap - low
    rows, columns = np.nonzero(rng.random(shape) < share)
    scored = csc_array((values[rows, columns].astype(np.float32), (rows, columns)), shape=shape)
    rest = np.floor(rng.random(shape[0]) * snap / 2) / snap - low / 2
    return SparseSimilarity(scored, (rest * (rng.random() < 0.8)).astype(np.float32))


def dense(similarity):
    """(answered, shown) array of the same numbers."""
    columns = [similarity.column(j) for j in range(similarity.shape[1])]
    return np.stack(columns, axis=1)


@st.composite
def sparse_worlds(draw, longest=40):
    """Sparse similarities between a pool, a target and known examples, drawn from one seed."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    snap, share = draw(st.sampled_from(SNAPS)), draw(st.sampled_from([0.0, 0.05, 0.3, 0.8, 1.0]))
    low = draw(st.sampled_from([0.0, 0.0, 0.5]))
    pool, target, known = (draw(st.integers(1, most)) for most in (longest, 5, 5))
    shapes = {
        "pool_pool": (pool, pool),
        "target_pool": (target, pool),
        "pool_target": (pool, target),
        "pool_known": (pool, known),
    }
    return {name: sparse_similarity(rng, shape, share, snap, low) for name, shape in shapes.items()}
