"""Means between groups are means of pairs.

Of single examples they are the kernel; weighted by their counts they are the mean of all.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.analysis.groups import REST, group_means, with_rest
from tests.analysis.sparse_values import halves


@st.composite
def kernels(draw):
    """(values, answered groups, shown groups, square), with gaps."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    square, rows = draw(st.booleans()), draw(st.integers(1, 12))
    columns = rows if square else draw(st.integers(1, 12))
    values = rng.normal(size=(rows, columns)).astype(np.float32)
    answered = [f"group {group}" for group in rng.integers(4, size=rows)]
    shown = answered if square else [f"group {group}" for group in rng.integers(3, size=columns)]
    return (
        np.where(rng.random(values.shape) < 0.2, np.float32("nan"), values),
        answered,
        shown,
        square,
    )


@settings(deadline=None)
@given(kernels())
def test_every_mean_is_that_of_its_scored_pairs(kernel):
    values, answered, shown, square = kernel
    found = group_means(*kernel)
    for a, mine in enumerate(found.answered):
        for b, yours in enumerate(found.shown):
            cells = [
                values[i, j]
                for i, j in np.ndindex(values.shape)
                if answered[i] == mine
                and shown[j] == yours
                and np.isfinite(values[i, j])
                and not (square and i == j)
            ]
            assert found.counts[a, b] == len(cells)
            assert (
                np.isnan(found.means[a, b])
                if not cells
                else found.means[a, b] == pytest.approx(np.mean(cells, dtype=float), abs=1e-9)
            )


@settings(deadline=None)
@given(kernels())
def test_weighted_by_their_counts_they_average_to_the_mean_of_all_pairs(kernel):
    values, _, _, square = kernel
    found = group_means(*kernel)
    pairs = values[np.isfinite(values) & ~(np.eye(*values.shape, dtype=bool) & square)]
    assert found.counts.sum() == len(pairs)
    assert np.nansum(found.means * found.counts) == pytest.approx(pairs.sum(dtype=float), abs=1e-9)


@settings(deadline=None)
@given(kernels())
def test_with_every_example_its_own_group_it_is_the_kernel(kernel):
    values, _, _, square = kernel
    own = [[f"{place:02}" for place in range(length)] for length in values.shape]
    found = group_means(values, *own, square)
    np.testing.assert_array_equal(
        found.means, np.where(np.eye(*values.shape, dtype=bool) & square, np.nan, values)
    )
    assert found.answered == tuple(own[0]) and found.shown == tuple(own[1])


def test_a_case_worked_by_hand():
    values = np.array([[9.0, 0.2, 0.4], [0.6, 9.0, np.nan], [-0.2, 0.0, 9.0]])
    found = group_means(values, ["b", "b", "a"], ["b", "b", "a"], square=True)
    assert found.answered == found.shown == ("a", "b")
    # an example with itself is no pair
    np.testing.assert_allclose(found.means, [[np.nan, -0.1], [0.4, 0.4]])
    assert found.counts.tolist() == [[0, 2], [1, 2]]


def test_the_smallest_groups_become_one():
    groups = ["b", "a", "c", "a", "b", "d", "a"]
    assert with_rest(groups, 2) == ["b", "a", REST, "a", "b", REST, "a"]
    # of c and d, as large as each other, the first
    assert with_rest(groups, 3) == ["b", "a", "c", "a", "b", REST, "a"]
    assert with_rest(groups, 4) == groups


@settings(deadline=None)
@given(kernels())
def test_the_means_of_a_sparse_kernel_are_those_of_the_dense_one(kernel):
    values, *groups = kernel
    few, array = halves(values)
    found, expected = group_means(few, *groups), group_means(array, *groups)
    np.testing.assert_allclose(found.means, expected.means, atol=1e-12)
    assert (found.counts == expected.counts).all()
    assert (found.answered, found.shown) == (expected.answered, expected.shown)
