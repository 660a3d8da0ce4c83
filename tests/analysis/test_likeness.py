"""Likeness is the cosine with the mean of some embeddings, and what has none is like nothing."""

import numpy as np

from delift_core.analysis.likeness import likeness, most_alike


def embeddings(size=40, width=8, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(size, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_likeness_is_the_cosine_with_the_mean_written_out():
    vectors, some = embeddings(), np.array([3, 17, 5])
    mean = vectors[some].mean(axis=0)
    expected = [vector @ mean / np.linalg.norm(mean) for vector in vectors]
    np.testing.assert_allclose(likeness(vectors, some), expected, atol=1e-6)


def test_the_most_alike_are_the_others_by_falling_likeness():
    vectors = embeddings()
    found = most_alike(vectors, np.array([3]), 5)
    cosines = vectors @ vectors[3]
    cosines[3] = -2
    assert found.tolist() == np.argsort(-cosines, kind="stable")[:5].tolist()


def test_an_example_without_an_embedding_is_never_alike_and_nothing_is_like_it():
    vectors = embeddings()
    vectors[7] = np.nan
    assert 7 not in most_alike(vectors, np.array([3]), 40)
    assert len(most_alike(vectors, np.array([3]), 40)) == 38
    assert not len(most_alike(vectors, np.array([7]), 40))


def test_of_equals_the_lower_index_comes_first():
    vectors = np.tile(embeddings(1), (6, 1))
    assert most_alike(vectors, np.array([2]), 3).tolist() == [0, 1, 3]
