"""Gains after a growing choice: those of the objective, compiled or not, sparse or dense."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.selection.running_coverage_numba import CompiledCoverage
from delift_core.selection.running_coverage_numpy import RunningCoverage
from tests.selection.test_greedy_numba import cases
from tests.selection.test_open_rows import twins


def asked(running, order):
    """(gain, newly covered) of every example at its turn, and of the last one throughout."""
    for index in order:
        for example in (index, order[-1]):
            yield running.gain(example), running.newly_covered(example)
        running.choose(index)


def assert_all_alike(first, second, data):
    order = data.draw(st.permutations(range(first.objective.size)))[:10]
    assert list(asked(first, order)) == list(asked(second, order))


@settings(max_examples=100, deadline=None)
@given(pair=twins(), data=st.data())
def test_of_a_sparse_similarity_they_are_those_of_the_dense_array(pair, data):
    chosen = data.draw(st.sets(st.integers(0, pair[0].size - 1)))
    assert_all_alike(CompiledCoverage(pair[0], chosen), RunningCoverage(pair[1], chosen), data)


@settings(max_examples=60, deadline=None)
@given(objective=cases(longest=80), data=st.data())
def test_compiled_they_are_those_of_numpy(objective, data):
    chosen = data.draw(st.sets(st.integers(0, objective.size - 1)))
    assert_all_alike(CompiledCoverage(objective, chosen), RunningCoverage(objective, chosen), data)


@settings(max_examples=100, deadline=None)
@given(pair=twins(), data=st.data())
def test_no_gain_is_above_its_bound(pair, data):
    chosen = data.draw(st.sets(st.integers(0, pair[0].size - 1)))
    for objective in pair:
        running = CompiledCoverage(objective, chosen)
        gains = np.array([running.gain(j) for j in range(objective.size)])
        assert (gains <= CompiledCoverage(objective, chosen).bounds()).all()


@settings(max_examples=100, deadline=None)
@given(pair=twins())
def test_the_bounds_of_a_sparse_similarity_are_hardly_above_its_gains(pair):
    running = CompiledCoverage(pair[0], [])
    bounds = running.bounds()
    gains = np.array([running.gain(j) for j in range(pair[0].size)])
    assert (bounds - gains <= 1e-6 * (1 + bounds.max())).all()
