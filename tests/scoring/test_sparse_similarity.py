"""Sparse similarities: what a pair is worth that was scored, and one that was not."""

import numpy as np
from scipy.sparse import csc_array

from delift_core.scoring.sparse_similarity import SparseSimilarity


def similarity():
    """Three answered and two shown examples; pair (1, 0) was scored and is worth nothing."""
    rows, starts = np.array([0, 1, 2]), np.array([0, 2, 3])
    scored = csc_array((np.array([0.5, 0.0, 0.25], np.float32), rows, starts), shape=(3, 2))
    return SparseSimilarity(scored, np.array([0.125, 0.75, 0.0], np.float32))


def test_a_column_has_what_was_scored_and_the_rest_of_its_row_elsewhere():
    assert similarity().column(0).tolist() == [0.5, 0.0, 0.0]
    assert similarity().column(1).tolist() == [0.125, 0.75, 0.25]


def test_reading_a_column_changes_neither_what_was_scored_nor_the_rest():
    given = similarity()
    given.column(0)[:] = 9.0
    assert given.rest.tolist() == [0.125, 0.75, 0.0]
    assert given.scored.data.tolist() == [0.5, 0.0, 0.25]


def test_its_shape_is_that_of_the_array_it_stands_for():
    assert similarity().shape == (3, 2)
