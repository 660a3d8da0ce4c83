"""Greedy on sparse similarities: pick by pick that of the dense array, to the last bit."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csc_array

from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.selection.greedy import gains_of_order, maximise
from delift_core.selection.objective import weighted
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import build_objective, facility_location
from tests.selection.sparse_worlds import dense, sparse_similarity, sparse_worlds
from tests.selection.test_greedy import naive
from tests.selection.test_greedy_numba import rules, same

WEIGHTS = ((1, 1), (0.5, 0.5), (0, 1), (2, 0.25))


@st.composite
def twins(draw, longest=40):
    """An objective on sparse similarities, and the same on the dense arrays they stand for."""
    name, weights = draw(st.sampled_from(ObjectiveName)), draw(st.sampled_from(WEIGHTS))
    world = draw(sparse_worlds(longest))
    arrays = {kernel: dense(similarity) for kernel, similarity in world.items()}
    return build_objective(name, world, *weights), build_objective(name, arrays, *weights)


@settings(max_examples=400, deadline=None)
@given(pair=twins())
def test_the_whole_order_and_its_gains_are_those_of_the_dense_array(pair):
    few, array = pair
    assert few.is_sparse and not array.is_sparse
    assert same(maximise(few, 1.0), maximise(array, 1.0))
    assert few.whole == array.whole
    assert (few.modular == array.modular).all()


@settings(max_examples=100, deadline=None)
@given(pair=twins(longest=25))
def test_each_pick_has_the_highest_gain_given_those_before_it(pair):
    few, array = pair
    chosen = maximise(few, few.size)
    picks, gains = naive(array, array.size)
    assert chosen.indices.tolist() == picks
    assert chosen.gains.tolist() == gains


@settings(max_examples=200, deadline=None)
@given(pair=twins(), data=st.data())
def test_pins_excludes_quotas_and_tokens_are_kept_to_as_on_the_dense_array(pair, data):
    few, array = pair
    constraints = data.draw(rules(few.size))
    assert same(maximise(few, **constraints), maximise(array, **constraints))


@settings(max_examples=100, deadline=None)
@given(pair=twins(), data=st.data())
def test_the_gains_of_a_given_order_are_those_of_the_dense_array(pair, data):
    few, array = pair
    order = np.array(data.draw(st.permutations(range(few.size))))
    assert gains_of_order(few, order).tolist() == gains_of_order(array, order).tolist()


@settings(max_examples=100, deadline=None)
@given(pair=twins(longest=12), data=st.data())
def test_coverage_gains_and_values_of_any_set_are_those_of_the_dense_array(pair, data):
    few, array = pair
    chosen = data.draw(st.sets(st.integers(0, few.size - 1)))
    coverage = array.coverage(chosen)
    assert (few.coverage(chosen) == coverage).all()
    assert few.value(chosen) == array.value(chosen)
    for index in range(few.size):
        assert few.gain(index, coverage) == array.gain(index, coverage)
        assert (few.covered(index, coverage) == array.covered(index, coverage)).all()


@settings(max_examples=100, deadline=None)
@given(pair=twins(), seed=st.integers(0, 2**32 - 1))
def test_rows_that_stand_for_others_count_as_on_the_dense_array(pair, seed):
    weights = np.random.default_rng(seed).integers(0, 4, len(pair[0].floor))
    few, array = (weighted(objective, weights) for objective in pair)
    assert same(maximise(few, 1.0), maximise(array, 1.0))
    assert few.whole == array.whole


@settings(max_examples=100, deadline=None)
@given(pair=twins(), data=st.data())
def test_examples_of_which_nothing_was_scored_come_last(pair, data):
    size = pair[0].size
    unscored = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    few, array = (replace(objective, unscored=unscored) for objective in pair)
    assert same(maximise(few, 1.0), maximise(array, 1.0))


@settings(max_examples=100, deadline=None)
@given(pair=twins(), data=st.data())
def test_a_choice_goes_on_after_picks_that_are_known(pair, data):
    few, array = pair
    known = maximise(array, 1.0).indices[: data.draw(st.integers(0, few.size))].tolist()
    assert same(maximise(few, 1.0, known=known), maximise(array, 1.0))


def test_a_scored_pair_below_the_rest_of_its_row_gives_less_than_one_that_was_not_scored():
    """The second example was scored for nobody: it is worth every rest."""
    scored = csc_array(np.array([[0.25, 0.0], [0.0, 0.0]], np.float32))
    objective = facility_location(SparseSimilarity(scored, np.array([0.5, 0.5], np.float32)))
    chosen = maximise(objective, 2)
    assert chosen.indices.tolist() == [1, 0]
    assert chosen.gains.tolist() == [1.0, 0.0]


def test_a_scored_zero_is_not_the_rest_of_its_row():
    rows, starts = np.array([0]), np.array([0, 1, 1])
    scored = csc_array((np.zeros(1, np.float32), rows, starts), shape=(1, 2))
    objective = facility_location(SparseSimilarity(scored, np.array([0.5], np.float32)))
    assert maximise(objective, 2).indices.tolist() == [1, 0]
    assert objective.value([0]) == 0.0


def test_what_was_given_is_not_written_to():
    rng = np.random.default_rng(0)
    given_similarity = sparse_similarity(rng, (30, 30), 0.3, low=0.5)
    before = dense(given_similarity)
    for part in (given_similarity.scored.data, given_similarity.scored.indices):
        part.flags.writeable = False
    given_similarity.rest.flags.writeable = False
    maximise(weighted(facility_location(given_similarity), np.full(30, 2)), 20)
    assert (dense(given_similarity) == before).all()
