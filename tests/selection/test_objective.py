"""Answered rows that stand for others: counting a row w times is the same as having it w times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from delift_core.errors import InvalidWeight
from delift_core.selection.greedy import maximise
from delift_core.selection.objective import weighted
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import build_objective, facility_location
from delift_core.selection.similarity import LARGE


@st.composite
def cases(draw):
    """An objective's name, similarities in steps of 1/16, whole weights for the rows it is answered
    by.
    """
    name, rng = (
        draw(st.sampled_from(ObjectiveName)),
        np.random.default_rng(draw(st.integers(0, 2**32 - 1))),
    )
    pool, target, known = draw(st.integers(1, 8)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    shapes = {
        "pool_pool": (pool, pool),
        "target_pool": (target, pool),
        "pool_target": (pool, target),
        "pool_known": (pool, known),
    }
    world = {
        kernel: (rng.integers(-4, 17, shape) / 16).astype(np.float32)
        for kernel, shape in shapes.items()
    }
    return name, world, rng.integers(0, 4, target if name is ObjectiveName.FLQMI else pool)


def repeated(world, name, weights):
    """The same similarities with every answered row as often as its weight says."""
    mine = {
        kernel
        for kernel in world
        if kernel.startswith("target_" if name is ObjectiveName.FLQMI else "pool_")
    }
    return {
        kernel: np.repeat(values, weights, axis=0) if kernel in mine else values
        for kernel, values in world.items()
    }


@given(case=cases(), data=st.data())
def test_a_row_of_weight_w_counts_like_w_rows(case, data):
    name, world, weights = case
    if not weights.any():
        return
    objective, copies = (
        weighted(build_objective(name, world), weights),
        build_objective(name, repeated(world, name, weights)),
    )
    for _ in range(3):
        chosen = data.draw(st.sets(st.integers(0, objective.size - 1)))
        assert (
            objective.value(chosen) - objective.modular[list(chosen)].sum()
            == copies.value(chosen) - copies.modular[list(chosen)].sum()
        )
    # what an example is worth by itself is no sum over rows
    assert (objective.modular == build_objective(name, world).modular).all()


@given(case=cases())
def test_greedy_chooses_as_it_would_among_the_copies(case):
    name, world, weights = case
    if name is ObjectiveName.FLQMI or not weights.any():
        return
    here, there = (
        maximise(variant, 1.0)
        for variant in (
            weighted(build_objective(name, world), weights),
            build_objective(name, repeated(world, name, weights)),
        )
    )
    np.testing.assert_array_equal(here.indices, there.indices)
    np.testing.assert_array_equal(here.gains, there.gains)


@given(case=cases())
def test_weights_of_one_change_nothing(case):
    name, world, weights = case
    plain, same = (
        build_objective(name, world),
        weighted(build_objective(name, world), np.ones(len(weights))),
    )
    np.testing.assert_array_equal(maximise(plain, 1.0).indices, maximise(same, 1.0).indices)
    assert plain.whole == same.whole


def test_large_and_sparse_similarities_are_weighted_alike():
    size = int(np.sqrt(LARGE)) + 1
    rng = np.random.default_rng(0)
    similarity = (
        rng.integers(0, 17, (size, size)) * (rng.random((size, size)) < 0.02) / 16
    ).astype(np.float32)
    weights = rng.integers(0, 3, size)
    objective = weighted(facility_location(similarity), weights)
    assert objective.is_large and objective.similarity.flags.f_contiguous
    copies = maximise(facility_location(np.repeat(similarity, weights, axis=0)), 40)
    for variant in (objective, weighted(facility_location(sparse.csc_array(similarity)), weights)):
        np.testing.assert_array_equal(maximise(variant, 40).indices, copies.indices)
        np.testing.assert_array_equal(maximise(variant, 40).gains, copies.gains)


@pytest.mark.parametrize("weights", [[1, 1], [1, 1, -1], [1, 1, np.nan], [1, 1, np.inf], 2.0])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(
        InvalidWeight, match="one finite number of 0 or more for each of the 3 answered examples"
    ):
        weighted(facility_location(np.eye(3)), weights)
