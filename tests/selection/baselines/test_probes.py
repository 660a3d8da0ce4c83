"""Influence on nearby probes: cases by hand, and what does not count."""

import warnings

import numpy as np
import pytest

from delift_core.selection.baselines.probes import greedy_order, probe_scores, probes_of
from delift_core.selection.embedding_kernels import unit

RIGHT_ANGLES = np.eye(3)


def test_a_case_by_hand():
    """Probes 1 and 2 fall from .8 to .6 and from .5 to .4 behind 0, at right angles to it."""
    difficulty = np.array([0.5, 0.8, 0.5])
    probes = [np.array([1, 2]), np.array([0, 2]), np.array([0, 1])]
    shown_ifd = [np.array([0.6, 0.4]), np.array([0.4, 0.7]), np.array([0.6, 0.9])]
    scores = probe_scores(RIGHT_ANGLES, difficulty, probes, shown_ifd)
    assert scores == pytest.approx([(0.2 + 0.1) / 2, 0.1, 0])


def test_a_pair_that_does_not_count_is_left_out_and_a_large_ifd_drops_its_example():
    difficulty = np.array([0.5, 0.8, 1.1])
    probes = [np.array([1, 2]), np.array([0, 2]), np.array([0, 1])]
    shown_ifd = [np.array([0.6, np.nan]), np.array([np.nan, np.nan]), np.array([0.1, 0.1])]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = probe_scores(RIGHT_ANGLES, difficulty, probes, shown_ifd)
    assert scores == pytest.approx([0.2, np.nan, np.nan], nan_ok=True)


def test_an_example_too_similar_to_a_better_one_is_skipped_and_what_has_no_score_is_last():
    embeddings = np.array([[1, 0], [1, 0.1], [0, 1], [0, 1], [0.5, 0.5]])
    scores = np.array([0.3, 0.4, 0.1, np.nan, 0.2])
    assert greedy_order(scores, embeddings).tolist() == [1, 4, 2, 0, 3]


def test_a_cosine_of_exactly_the_threshold_is_skipped():
    embeddings = np.array([[1, 0, 0], [0.9, np.sqrt(1 - 0.81), 0], [0, 0, 1]])
    assert unit(embeddings)[0] @ unit(embeddings)[1] == 0.9
    assert greedy_order(np.array([3.0, 2.0, 1.0]), embeddings).tolist() == [0, 2, 1]


def test_probes_are_the_middle_of_every_cluster_of_the_nearest():
    """Five clusters of three on a circle, far from the example; the middle one of each is its."""
    angles = np.array([[start - 0.02, start, start + 0.02] for start in range(5)]).ravel()
    circle = 0.4 * np.column_stack([np.cos(angles), np.sin(angles), np.full(15, 2.0)])
    embeddings = unit(np.vstack([[0, 0, 1], circle]))
    assert sorted(probes_of(embeddings, 0).tolist()) == [2, 5, 8, 11, 14]


def test_probes_are_of_the_nearest_thirty_two_and_never_the_example_itself():
    generator = np.random.default_rng(0)
    embeddings = unit(generator.normal(size=(90, 6)))
    for index in range(0, 90, 10):
        cosines = embeddings @ embeddings[index]
        nearest = np.argsort(-cosines)[1:33]
        probes = probes_of(embeddings, index)
        assert len(set(probes.tolist())) == 5 and set(probes) <= set(nearest)


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_small_pool_has_as_many_probes_as_others(size):
    embeddings = unit(np.random.default_rng(1).normal(size=(size, 3)))
    others = [index for index in range(size) if index]
    assert sorted(probes_of(embeddings, 0).tolist()) == others
