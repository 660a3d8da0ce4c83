"""Positions on a map: the same every time, for every vector that has one, whatever the vectors."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.sparse import csc_array

from delift_core.analysis.projection import project, utility_profiles
from delift_core.scoring.sparse_similarity import SparseSimilarity


def groups(sizes=(12, 12), width=8, seed=0):
    """Vectors in well separated groups."""
    rng = np.random.default_rng(seed)
    return np.vstack(
        [rng.normal(size=width) * 10 + rng.normal(size=(size, width)) * 0.1 for size in sizes]
    ).astype(np.float32)


def test_the_same_vectors_and_seed_give_the_same_bytes():
    vectors = groups()
    first = project(vectors, seed=3)
    assert first.dtype == np.float32 and first.shape == (24, 2)
    assert first.tobytes() == project(vectors, seed=3).tobytes()
    assert first.tobytes() != project(vectors, seed=4).tobytes()


@pytest.mark.parametrize("metric", ["cosine", "euclidean"])
def test_what_is_near_stays_near(metric):
    places = project(groups(), metric=metric)
    spread = max(np.ptp(places[:12], axis=0).max(), np.ptp(places[12:], axis=0).max())
    assert np.linalg.norm(places[:12].mean(axis=0) - places[12:].mean(axis=0)) > spread


@pytest.mark.parametrize("size", range(8))
def test_every_pool_has_a_map_however_small(size):
    places = project(np.random.default_rng(size).normal(size=(size, 6)).astype(np.float32))
    assert places.shape == (size, 2) and np.isfinite(places).all()


def test_one_example_stands_at_the_origin_and_three_in_a_row_stay_in_a_row():
    assert project(np.ones((1, 4), np.float32)).tolist() == [[0.0, 0.0]]
    places = project(np.array([[0.0, 0], [1, 0], [3, 0]], np.float32), metric="euclidean")
    assert np.abs(places[:, 1]).max() < 1e-6
    assert abs(places[2, 0] - places[1, 0]) == pytest.approx(2 * abs(places[1, 0] - places[0, 0]))


@pytest.mark.parametrize("vector", [np.ones(5), np.zeros(5)], ids=["alike", "all zero"])
@pytest.mark.parametrize("size", [3, 20])
def test_vectors_that_are_all_the_same_have_places_too(vector, size):
    assert np.isfinite(project(np.tile(vector, (size, 1)).astype(np.float32))).all()


def test_a_vector_that_is_none_has_no_place_and_moves_nobody():
    vectors = groups()
    holed = np.insert(vectors, 5, np.nan, axis=0)
    places = project(holed)
    assert np.isnan(places[5]).all()
    assert np.delete(places, 5, axis=0).tobytes() == project(vectors).tobytes()
    assert np.isnan(project(np.full((3, 4), np.nan, np.float32))).all()


def test_wide_vectors_are_reduced_and_stay_the_same_every_time():
    vectors = groups((40, 40), width=2_100)
    places = project(vectors)
    assert places.tobytes() == project(vectors).tobytes()
    spread = max(np.ptp(places[:40], axis=0).max(), np.ptp(places[40:], axis=0).max())
    assert np.linalg.norm(places[:40].mean(axis=0) - places[40:].mean(axis=0)) > spread


def test_a_profile_is_who_helps_an_example_beside_whom_it_helps():
    profiles = utility_profiles(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert profiles.tolist() == [[0.6, 0.8, 1.0, 0.0], [0.0, 0.0, 1.0, 0.0]]


def test_importing_the_module_does_not_import_what_it_is_slow_for():
    code = (
        "import sys; import delift_core.analysis.projection; print({'umap', 'numba', 'sklearn'} &"
        " set(sys.modules))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "set()"
    )


def test_profiles_of_a_sparse_similarity_are_those_of_what_was_scored():
    rng = np.random.default_rng(0)
    similarity = rng.random((9, 9)).astype(np.float32) * (rng.random((9, 9)) < 0.3)
    few = SparseSimilarity(csc_array(similarity), np.full(9, 0.25, np.float32))
    expected = utility_profiles(similarity)
    np.testing.assert_allclose(utility_profiles(few).toarray(), expected, rtol=1e-6)
    # few examples: nothing is reduced
    assert np.array_equal(project(utility_profiles(few)), project(utility_profiles(few).toarray()))


def test_many_sparse_vectors_have_positions_that_do_not_change():
    rng = np.random.default_rng(1)
    few = SparseSimilarity(
        csc_array(rng.random((80, 80)) * (rng.random((80, 80)) < 0.1)), np.zeros(80)
    )
    first, second = (project(utility_profiles(few)) for _ in range(2))
    assert first.shape == (80, 2) and np.isfinite(first).all()
    assert np.array_equal(first, second)
