"""The order by cluster is a permutation that puts like beside like, the same every time."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.analysis import clusters
from delift_core.analysis.clusters import evenly_spaced, order_by_cluster


def runs(labels):
    """How many stretches of one label there are."""
    return 1 + int((labels[1:] != labels[:-1]).sum())


def planted(size, groups, seed=0):
    """A square kernel whose groups help the same examples, and the group of each example."""
    rng = np.random.default_rng(seed)
    group = rng.integers(groups, size=size)
    return (
        rng.normal(size=(groups, groups))[group][:, group] + 0.05 * rng.normal(size=(size, size)),
        group,
    )


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 20), st.integers(1, 20), st.booleans(), st.integers(0, 2**32 - 1))
def test_it_is_a_permutation_of_rows_and_columns_whatever_was_scored(rows, columns, square, seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, rows if square else columns)).astype(np.float32)
    values = np.where(rng.random(values.shape) < 0.3, np.float32("nan"), values)
    found = order_by_cluster(values, square)
    assert [sorted(order) for order in found] == [list(range(length)) for length in values.shape]
    assert all(
        np.array_equal(one, other) for one, other in zip(found, order_by_cluster(values, square))
    )
    assert not square or found[0] is found[1]


@pytest.mark.parametrize("most", [500, 40], ids=["every example a leaf", "some are leaves"])
def test_planted_groups_come_out_whole(monkeypatch, most):
    monkeypatch.setattr(clusters, "CLUSTERED_MOST", most)
    values, group = planted(300, 6)
    assert runs(group) > 100 and runs(group[order_by_cluster(values, True)[0]]) == 6


def test_rows_and_columns_of_a_kernel_that_is_not_square_have_orders_of_their_own():
    values, group = planted(60, 3)
    rows, columns = order_by_cluster(values[:, :25], False)
    assert runs(group[rows]) == 3 and runs(group[:25][columns]) == 3


def test_the_diagonal_says_nothing():
    values, _ = planted(50, 4)
    leaked = values + 100 * np.eye(50)
    assert np.array_equal(order_by_cluster(values, True)[0], order_by_cluster(leaked, True)[0])


def test_nothing_scored_stays_as_it_was_long_as_it_is():
    assert sorted(order_by_cluster(np.full((5, 5), np.nan), True)[0]) == [0, 1, 2, 3, 4]


def test_leaves_are_spread_from_the_first_to_the_last(monkeypatch):
    monkeypatch.setattr(clusters, "CLUSTERED_MOST", 5)
    assert evenly_spaced(4).tolist() == [0, 1, 2, 3]
    assert evenly_spaced(9).tolist() == [0, 2, 4, 6, 8]
    assert len(set(evenly_spaced(1_000).tolist())) == 5
