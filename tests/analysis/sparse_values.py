"""Sparse kernels: the pairs that a dense one has scored, or could not score, as a SciPy array."""

import numpy as np
from scipy.sparse import csc_array


def sparse_values(values, kept):
    """Pairs of a dense kernel and what is left of it without the others, sparse and dense.

    kept: (answered, shown) bool, pairs that are held; NaN is held as such.
    """
    rows, columns = np.nonzero(kept)
    few = csc_array((values[rows, columns], (rows, columns)), shape=values.shape)
    return few, np.where(kept, values, np.nan).astype(values.dtype)


def halves(values):
    """Every second pair or so of a kernel, drawn from its shape; sparse and dense."""
    kept = np.random.default_rng(values.shape).random(values.shape) < 0.5
    return sparse_values(values, kept)
