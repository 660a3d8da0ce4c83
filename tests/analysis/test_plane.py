"""A plane through embeddings keeps the distances that matter."""

import numpy as np

from delift_core.analysis.plane import principal_plane


def test_points_of_a_plane_keep_their_distances():
    generator = np.random.default_rng(0)
    flat = generator.normal(size=(20, 2)) @ np.linalg.qr(generator.normal(size=(8, 8)))[0][:2]
    distances = np.linalg.norm(flat[:, None] - flat, axis=2)
    laid_out = principal_plane(flat)
    assert np.allclose(np.linalg.norm(laid_out[:, None] - laid_out, axis=2), distances, atol=1e-5)


def test_one_example_and_one_dimension_are_laid_out_too():
    assert principal_plane(np.ones((1, 5))).tolist() == [[0, 0]]
    assert np.allclose(np.abs(principal_plane(np.array([[-1.0], [1.0]]))[:, 0]), 1)
