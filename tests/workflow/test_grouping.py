"""Groups of a run's examples: by a field as it is, by clusters of texts alike in every role."""

import numpy as np
import pytest

from delift_core.analysis.text_clusters import text_clusters
from delift_core.errors import InvalidConstraint, MethodUnavailable
from delift_core.runs.store import bundled_run
from delift_core.workflow.grouping import TEXT_CLUSTERS, groups_of_role


def test_a_field_groups_by_its_values_and_nothing_groups_by_none(new_run):
    run = new_run("pool")
    assert groups_of_role(run, "pool", None) is None
    assert groups_of_role(run, "pool", "group") == [each.extra["group"] for each in run.pool]
    with pytest.raises(InvalidConstraint, match="no field 'colour'"):
        groups_of_role(run, "pool", "colour")


def test_held_out_examples_are_in_the_pools_cluster_whose_mean_is_nearest():
    run = bundled_run()
    pool, held_out = (groups_of_role(run, role, TEXT_CLUSTERS) for role in ("pool", "held_out"))
    names, vectors = np.array(pool), run.alone("pool").embedding
    assert len(set(pool)) == len(set(text_clusters(vectors).tolist()))
    means = {name: vectors[names == name].mean(axis=0) for name in sorted(set(pool))}
    for name, vector in zip(held_out, run.alone("held_out").embedding, strict=True):
        assert name == min(means, key=lambda each: np.linalg.norm(vector - means[each]))


def test_clusters_of_what_is_not_scored_are_refused_with_what_to_do(new_run):
    with pytest.raises(MethodUnavailable, match="Score a matrix with them first"):
        groups_of_role(new_run("pool"), "pool", TEXT_CLUSTERS)
