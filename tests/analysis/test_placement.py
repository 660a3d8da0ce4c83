"""An example of another role stands among its most similar examples of the pool."""

import numpy as np

from delift_core.analysis.placement import placed_among


def test_it_is_the_median_of_the_five_nearest_written_out():
    rng = np.random.default_rng(0)
    pool, others = rng.normal(size=(30, 6)), rng.normal(size=(4, 6))
    points = rng.normal(size=(30, 2)).astype(np.float32)
    expected = [
        np.median(points[np.argsort(-(pool @ other), kind="stable")[:5]], axis=0)
        for other in others
    ]
    np.testing.assert_allclose(placed_among(others, pool, points), expected, rtol=1e-6)


def test_a_copy_in_a_tight_group_lands_in_that_group():
    pool = np.repeat(np.eye(3), 6, axis=0)
    points = np.repeat([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]], 6, axis=0)
    np.testing.assert_array_equal(placed_among(np.eye(3), pool, points), points[::6])


def test_what_has_no_embedding_or_no_position_places_nothing():
    pool, points = np.eye(6), np.zeros((6, 2))
    points[0] = np.nan
    others = np.array([[np.nan] * 6, np.eye(6)[0]])
    placed = placed_among(others, pool, points)
    assert np.isnan(placed[0]).all() and np.isfinite(placed[1]).all()
    assert np.isnan(placed_among(np.eye(6), pool, np.full((6, 2), np.nan))).all()
