"""Blocks: means that leave out what was not scored, and a range for the colours."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.analysis.blocks import block_means, robust_limit
from tests.analysis.sparse_values import halves


@st.composite
def kernels(draw, gaps=True):
    """Utilities with, here and there, a cell that was not scored."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    values = rng.normal(size=(draw(st.integers(1, 30)), draw(st.integers(1, 30)))).astype(
        np.float32
    )
    return np.where(rng.random(values.shape) < 0.2, np.float32("nan"), values) if gaps else values


@settings(deadline=None)
@given(kernels(), st.integers(1, 40))
def test_every_block_is_the_mean_of_its_scored_cells(values, most):
    means, rows, columns = block_means(values, most)
    assert (
        means.shape
        == (len(rows) - 1, len(columns) - 1)
        == tuple(min(most, length) for length in values.shape)
    )
    for a, row in enumerate(means):
        for b, mean in enumerate(row):
            block = values[rows[a] : rows[a + 1], columns[b] : columns[b + 1]]
            scored = block[np.isfinite(block)]
            assert (
                np.isnan(mean)
                if not len(scored)
                else mean == pytest.approx(scored.mean(dtype=float), abs=1e-6)
            )


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_means_of_equal_blocks_average_to_the_mean_of_all(height, width, seed):
    values = np.random.default_rng(seed).normal(size=(4 * height, 4 * width))
    assert block_means(values, 4)[0].mean() == pytest.approx(values.mean(), abs=1e-6)


def test_a_small_kernel_is_its_own_overview():
    values = np.array([[0.5, np.nan, -0.25]], dtype=np.float32)
    means, rows, columns = block_means(values)
    assert np.array_equal(means, values, equal_nan=True)
    assert rows.tolist() == [0, 1] and columns.tolist() == [0, 1, 2, 3]


def test_the_limit_looks_past_the_diagonal_and_a_few_extremes():
    values = np.full((100, 100), -0.1)
    np.fill_diagonal(values, 50.0)
    values[0, 1:51] = 9.0  # half a percent of the cells
    assert robust_limit(values) == pytest.approx(0.1)
    # not square: the long entries are cells like any others
    assert robust_limit(values[:, :99]) > 1


def test_the_limit_of_nothing_is_one():
    assert robust_limit(np.zeros((3, 4))) == 1.0
    assert robust_limit(np.full((3, 4), np.nan)) == 1.0
    assert robust_limit(np.array([[7.0]])) == 1.0  # only a diagonal


def test_the_limit_of_a_large_kernel_is_the_same_every_time_and_close_to_the_exact_one():
    values = np.random.default_rng(1).normal(size=(1_100, 1_000)).astype(np.float32)
    assert robust_limit(values) == robust_limit(values)
    assert robust_limit(values) == pytest.approx(np.quantile(np.abs(values), 0.99), rel=0.02)


@settings(deadline=None)
@given(kernels(), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_blocks_in_an_order_are_those_of_the_kernel_in_that_order(values, most, seed):
    rng = np.random.default_rng(seed)
    rows, columns = (rng.permutation(length) for length in values.shape)
    expected = block_means(values[np.ix_(rows, columns)], most)
    for own, other in zip(block_means(values, most, (rows, columns)), expected, strict=True):
        assert np.array_equal(own, other, equal_nan=True)


@settings(deadline=None)
@given(kernels(), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_blocks_of_a_sparse_kernel_are_those_of_the_dense_one(values, most, seed):
    rng = np.random.default_rng(seed)
    order = tuple(rng.permutation(length) for length in values.shape)
    few, array = halves(values)
    for given_order in (None, order):
        found = block_means(few, most, given_order)
        expected = block_means(array, most, given_order)
        np.testing.assert_allclose(found[0], expected[0], rtol=1e-6)
        assert (found[1] == expected[1]).all() and (found[2] == expected[2]).all()


@given(kernels())
def test_the_limit_of_a_sparse_kernel_is_that_of_the_dense_one(values):
    few, array = halves(values)
    assert robust_limit(few) == pytest.approx(robust_limit(array))
