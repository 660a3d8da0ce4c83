"""Extreme pairs are those that a look at every pair finds, whatever the size of the strips.

Ties go to the lower index.
"""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.analysis import extremes
from delift_core.analysis.extremes import (
    helped_by_nobody,
    helps_nobody,
    hurts_most,
    lowest,
    most_asymmetric,
    strongest_pair,
)
from tests.analysis.sparse_values import halves, sparse_values


@pytest.fixture(autouse=True)
def narrow(monkeypatch):
    """Strips so narrow that small kernels have several."""
    monkeypatch.setattr(extremes, "STRIP", 3)


@st.composite
def kernels(draw, square=None):
    """(values, square): few different utilities, so that ties abound, and gaps."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    square = draw(st.booleans()) if square is None else square
    rows = draw(st.integers(1, 9))
    values = (
        rng.integers(-3, 4, size=(rows, rows if square else draw(st.integers(1, 9)))).astype(
            np.float32
        )
        / 4
    )
    return (
        np.where(
            rng.random(values.shape) < draw(st.sampled_from([0, 0.3, 1])), np.float32("nan"), values
        ),
        square,
    )


def scored(values, square):
    """Every pair of two different examples that was scored, in the order of its places."""
    return [
        (i, j, float(values[i, j]))
        for i, j in np.ndindex(values.shape)
        if np.isfinite(values[i, j]) and not (square and i == j)
    ]


@settings(deadline=None)
@given(kernels(), st.integers(1, 20))
def test_what_hurts_most_are_the_lowest_pairs_in_order(kernel, most):
    found = hurts_most(*kernel, most)
    assert (
        list(zip(found.answered.tolist(), found.shown.tolist(), found.score.tolist()))
        == sorted(scored(*kernel), key=lambda one: one[2])[:most]
    )


@settings(deadline=None)
@given(kernels(), st.integers(1, 20))
def test_helped_by_nobody_are_the_rows_whose_best_is_lowest(kernel, most):
    values, square = kernel
    best = {}
    for i, j, utility in scored(values, square):
        if i not in best or utility > best[i][1]:
            best[i] = (j, utility)
    found = helped_by_nobody(values, square, most)
    assert (
        list(zip(found.indices.tolist(), found.partner.tolist(), found.best.tolist()))
        == sorted(((i, j, utility) for i, (j, utility) in best.items()), key=lambda one: one[2])[
            :most
        ]
    )
    assert found.without_help == sum(utility <= 0 for _, utility in best.values())


@settings(deadline=None)
@given(kernels(), st.integers(1, 20))
def test_whom_nobody_gains_from_is_the_same_question_of_the_turned_kernel(kernel, most):
    values, square = kernel
    one, other = helps_nobody(values, square, most), helped_by_nobody(values.T.copy(), square, most)
    assert all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("indices", "partner", "best", "without_help")
    )


@settings(deadline=None)
@given(kernels(square=True), st.integers(1, 20))
def test_asymmetric_pairs_come_once_in_the_direction_that_helps_more(kernel, most):
    values, _ = kernel
    gaps = {
        (i, j): abs(float(values[i, j]) - float(values[j, i]))
        for i in range(len(values))
        for j in range(i + 1, len(values))
        if np.isfinite(values[i, j]) and np.isfinite(values[j, i])
    }
    found = most_asymmetric(values, most)
    best = sorted(gaps, key=lambda pair: -gaps[pair])[:most]
    assert [
        tuple(sorted(pair)) for pair in zip(found.answered.tolist(), found.shown.tolist())
    ] == best
    assert found.score.tolist() == [gaps[pair] for pair in best]
    assert (values[found.answered, found.shown] >= values[found.shown, found.answered]).all()


@given(kernels(square=True), st.integers(1, 20))
def test_asymmetry_does_not_change_when_the_kernel_is_turned(kernel, most):
    assert (
        most_asymmetric(kernel[0], most).score.tolist()
        == most_asymmetric(kernel[0].T.copy(), most).score.tolist()
    )


def test_a_case_worked_by_hand():
    values = np.array(
        [
            [9.0, -0.5, 0.1, np.nan],
            [0.4, 9.0, -0.5, -0.1],
            [-0.2, -0.3, 9.0, -0.4],
            [0.0, np.nan, 0.3, -9.0],
        ]
    )
    found = hurts_most(values, True, 3)
    # the diagonal's -9 is no pair; the tie in order
    assert list(zip(found.answered, found.shown)) == [(0, 1), (1, 2), (2, 3)]
    helped = helped_by_nobody(values, True, 2)
    assert (helped.indices.tolist(), helped.partner.tolist()) == ([2, 0], [0, 2])
    assert helped.without_help == 1
    helping = helps_nobody(values, True, 4)
    assert (helping.indices.tolist(), helping.partner.tolist(), helping.without_help) == (
        [1, 3, 2, 0],
        [2, 1, 3, 1],
        2,
    )
    apart = most_asymmetric(values, 2)
    assert list(zip(apart.answered, apart.shown)) == [(1, 0), (3, 2)]
    np.testing.assert_allclose(apart.score, [0.9, 0.7])
    # not square: the same places are pairs like any others
    assert hurts_most(values, False, 1).score.tolist() == [-9.0]


def test_nothing_scored_stands_out_of_nothing():
    empty = np.full((4, 4), np.nan, dtype=np.float32)
    assert (
        not len(hurts_most(empty, True, 5))
        and not len(helped_by_nobody(empty, True, 5))
        and not len(most_asymmetric(empty, 5))
    )
    assert not len(hurts_most(np.ones((1, 1)), True, 5))


@given(st.lists(st.sampled_from([0.0, 1.0, 2.0, float("nan")]), max_size=30), st.integers(1, 10))
def test_the_lowest_are_those_a_stable_sort_would_put_first(values, most):
    known = [place for place, value in enumerate(values) if not np.isnan(value)]
    assert (
        lowest(np.array(values, dtype=float), most).tolist()
        == sorted(known, key=lambda place: values[place])[:most]
    )


@settings(max_examples=200, deadline=None)
@given(kernels(), st.integers(1, 20))
def test_the_extremes_of_a_sparse_kernel_are_those_of_the_dense_one(kernel, most):
    few, array = halves(kernel[0])
    for extreme in (hurts_most, helped_by_nobody, helps_nobody):
        assert_alike(extreme(few, kernel[1], most), extreme(array, kernel[1], most))
    if kernel[1]:
        assert_alike(most_asymmetric(few, most), most_asymmetric(array, most))


def assert_alike(found, expected):
    for own, other in zip(asdict(found).values(), asdict(expected).values(), strict=True):
        np.testing.assert_array_equal(own, other)


@pytest.mark.parametrize("square", [True, False])
def test_the_strongest_pair_is_the_highest_cell_of_its_part(square):
    rng = np.random.default_rng(0)
    values = rng.normal(size=(300, 300)).astype(np.float32)
    values[rng.random(values.shape) < 0.3] = np.nan
    rows, columns = rng.permutation(300)[:280], rng.permutation(300)[:40]
    cells = {
        (row, column): values[row, column]
        for row in rows.tolist()
        for column in columns.tolist()
        if np.isfinite(values[row, column]) and not (square and row == column)
    }
    assert strongest_pair(values, square, rows, columns) == max(cells, key=cells.get)
    assert strongest_pair(np.full((3, 3), np.nan), square, np.arange(3), np.arange(3)) is None


def test_the_strongest_pair_of_a_sparse_kernel_is_that_of_the_dense_one():
    dense = np.array([[9.0, 0.2, np.nan], [np.nan, 9.0, 0.5], [0.4, np.nan, 9.0]])
    values, _ = sparse_values(dense, np.isfinite(dense))
    everyone = np.arange(3)
    assert strongest_pair(values, True, everyone, everyone) == (1, 2)
    assert strongest_pair(values, True, everyone, np.array([0, 1])) == (2, 0)
