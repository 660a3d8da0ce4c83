"""Clusters find planted groups, and are named by words that their own examples hold."""

import numpy as np

from delift_core.analysis.text_clusters import NO_EMBEDDING, cluster_names, text_clusters


def planted(sizes, width=12, seed=0):
    """Embeddings in tight groups of these sizes, shuffled, and the group of each."""
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    centres = np.linalg.qr(rng.normal(size=(width, width)))[0][: len(sizes)]
    return centres[group] + 0.02 * rng.normal(size=(len(group), width)), group


def same_partition(labels, group):
    pairs = set(zip(labels.tolist(), group.tolist(), strict=True))
    return len(pairs) == len(set(labels.tolist())) == len(set(group.tolist()))


def test_eight_planted_groups_are_found_and_the_largest_comes_first():
    vectors, group = planted([30, 25, 20, 15, 10, 10, 10, 10])
    labels = text_clusters(vectors)
    assert same_partition(labels, group)
    assert np.bincount(labels).tolist() == [30, 25, 20, 15, 10, 10, 10, 10]


def test_what_is_beyond_the_sample_joins_the_group_it_is_nearest_to():
    vectors, group = planted([400] * 8)
    assert same_partition(text_clusters(vectors), group)


def test_what_has_no_embedding_has_no_cluster_and_changes_nothing():
    vectors, _ = planted([20, 20, 20])
    without = np.insert(vectors, 7, np.nan, axis=0)
    labels = text_clusters(without)
    assert labels[7] == NO_EMBEDDING
    np.testing.assert_array_equal(np.delete(labels, 7), text_clusters(vectors))


def test_few_examples_make_few_clusters():
    assert set(text_clusters(np.eye(4)).tolist()) == {0}
    assert text_clusters(np.empty((0, 3))).tolist() == []


def test_a_name_is_the_words_of_largest_excess_written_out():
    texts = ["sort the list", "sort the lines", "boil the egg", "boil the rice", "the sort egg"]
    labels = np.array([0, 0, 1, 1, 1])
    # sort: 2/2 - 1/3, list and lines: 1/2 - 0; boil: 2/3 - 0, egg: 2/3 - 0
    assert cluster_names(texts, labels) == ["sort, lines", "boil, egg"]


def test_a_name_that_is_taken_gets_a_number():
    assert cluster_names(["", "12", "", "3"], np.array([0, 0, 1, 1])) == [
        "no words",
        "no words (2)",
    ]
