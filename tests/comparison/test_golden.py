"""Measures give what the published implementations give on the same small inputs."""

from functools import partial

import numpy as np
import pytest

from delift_core.comparison.composition import mean_distances
from delift_core.comparison.measures.mmd import (
    biased_mmd,
    off_diagonal_mean,
    pair_sums,
    unbiased_mmd,
)
from delift_core.comparison.measures.vendi import vendi_score
from delift_core.selection.embedding_kernels import linear, rbf
from tests.selection.baselines.golden import ENTRIES

CLOSE = partial(pytest.approx, rel=1e-6)


def points_of(name, field="embeddings"):
    return np.array(ENTRIES[name]["inputs"][field])


@pytest.mark.parametrize("case", ["random_10", "nearest_10"])
def test_the_vendi_score_is_that_of_its_authors_package(case):
    expected = ENTRIES["vendi_score"]["outputs"][case]
    points = points_of("vendi_score")[expected["subset"]]
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    assert vendi_score(unit) == pytest.approx(expected["vendi_q1"], abs=1e-6)


@pytest.mark.parametrize("name", ["linear", "rbf"])
def test_the_biased_distance_falls_along_herding_as_published(name):
    entry = ENTRIES["herding_and_mmd"]
    kernels = {"linear": linear, "rbf": partial(rbf, sigma=entry["parameters"]["sigma"])}
    points = points_of("herding_and_mmd")
    kernel = kernels[name](points, points)
    for rule in ("herding", "greedy_mmd"):
        published = entry["outputs"][f"{name}_{rule}"]
        order = np.array(published["order"])
        prefixes = [order[:count] for count in range(1, len(order) + 1)]
        assert biased_mmd(kernel, prefixes) == CLOSE(published["mmd2_biased_after_each"])


@pytest.mark.parametrize("name", ["rbf", "linear"])
def test_the_distance_of_a_subset_from_its_pool_is_that_of_dataflow(name):
    entry = ENTRIES["mmd_two_sample_and_dataflow"]
    kernels = {"linear": linear, "rbf": partial(rbf, sigma=entry["parameters"]["sigma"])}
    pool, subset = points_of("mmd_two_sample_and_dataflow", "pool"), entry["inputs"]["subset"]
    kernel = kernels[name](pool, pool)
    ending = "" if name == "rbf" else "_linear"
    rows = [np.array(subset)]
    biased = biased_mmd(kernel, rows)
    assert biased[0] == CLOSE(entry["outputs"][f"subset_mmd2_biased{ending}"])
    unbiased = unbiased_mmd(kernel, kernel, kernel, rows)
    assert unbiased[0] == CLOSE(entry["outputs"][f"subset_mmd2_unbiased{ending}"])


def test_the_distance_of_two_disjoint_sets_is_unbiased_as_published():
    entry = ENTRIES["mmd_two_sample_and_dataflow"]
    width = partial(rbf, sigma=entry["parameters"]["sigma"])
    first = points_of("mmd_two_sample_and_dataflow", "pool")
    second = points_of("mmd_two_sample_and_dataflow", "second_sample")
    whole = [np.arange(len(first))]
    kernels = width(first, first), width(second, second), width(first, second)
    assert unbiased_mmd(*kernels, whole)[0] == CLOSE(entry["outputs"]["disjoint_mmd2_unbiased"])


def test_the_distances_of_group_means_are_those_of_idm():
    entry = ENTRIES["idm_per_class_mean_distance"]
    points = points_of("idm_per_class_mean_distance")
    labels, subset = (np.array(entry["inputs"][name]) for name in ("labels", "subset"))
    found = mean_distances(points, labels, subset)
    assert found == CLOSE(list(entry["outputs"]["per_class"].values()))
    assert found.sum() == CLOSE(entry["outputs"]["total"])


def test_one_point_has_no_pair_to_average():
    kernel = np.array([[9.0, 2.0], [4.0, 9.0]])
    sums = pair_sums(kernel, [np.array([0]), np.array([1, 0])])
    assert sums.tolist() == [9, 24]
    means = off_diagonal_mean(sums, [9, 18], [1, 2])
    assert np.isnan(means[0]) and means[1] == 3
