"""Pairs of a plan by number: the nearest, and some at random, without a table of all pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.scoring.neighbours import highest, nearest_rows
from delift_core.scoring.pair_lists import random_rows
from delift_core.scoring.pair_sampling import RANDOM_SHARE, cosine_strips, sample_pairs
from delift_core.scoring.plan import Plan, PlanKind

sizes, numbers, seeds = st.integers(3, 40), st.integers(2, 50), st.integers(0, 9)
kinds = st.sampled_from([PlanKind.SAMPLED, PlanKind.NEAREST])


def embeddings(count, seed=0, width=6):
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


@given(answered=sizes, shown=sizes, square=st.booleans(), number=numbers, kind=kinds, seed=seeds)
@settings(max_examples=80)
def test_every_shown_example_gets_that_many_rows_in_order_and_never_itself(
    answered, shown, square, number, kind, seed
):
    shown = answered if square else shown
    plan, vectors = Plan(kind, seed=seed, number=number), embeddings(answered)
    other = vectors if square else embeddings(shown, 1)
    sample, again = (sample_pairs(plan, vectors, other, square) for _ in range(2))
    mask = sample.mask.toarray()  # (answered, shown)
    assert mask.shape == (answered, shown) and sample.mask.has_canonical_format
    assert (mask.sum(axis=0) == plan.per_column(answered, square)).all()
    assert not (square and kind is PlanKind.NEAREST and np.diag(mask).any())
    assert (np.diff(sample.mask.indptr) == mask.sum(axis=0)).all()
    assert (again.mask.toarray() == mask).all()


@given(size=st.integers(8, 60), number=st.integers(2, 20), seed=seeds)
@settings(max_examples=40)
def test_the_nearest_are_those_of_the_whole_table_of_cosines(size, number, seed):
    vectors = embeddings(size, seed)
    plan = Plan("nearest", number=number)
    count = plan.per_column(size, True)
    near = count - max(1, round(RANDOM_SHARE * count))
    mask = sample_pairs(plan, vectors, vectors, True).mask.toarray()
    ((_, cosines),) = cosine_strips(vectors, vectors, True)  # (size, size)
    nearest = np.argsort(-cosines, axis=0, kind="stable")[:near]  # (near, size)
    assert mask[nearest, np.arange(size)].all()


@given(st.data())
def test_the_highest_of_a_line_are_those_of_a_stable_sort(data):
    values = st.lists(st.integers(-3, 3), min_size=30, max_size=30)
    lines = np.array(data.draw(st.lists(values, min_size=1, max_size=4)), np.float32)
    count = data.draw(st.integers(0, 30))
    expected = np.sort(np.argsort(-lines, axis=1, kind="stable")[:, :count], axis=1)
    assert np.array_equal(np.array(list(highest(lines, count))), expected)


@pytest.mark.parametrize(("size", "count", "random"), [(400, 48, 16), (30, 4, 2), (1000, 6, 2)])
def test_every_row_is_dealt_as_often_as_any_other(size, count, random):
    vectors = embeddings(size)
    nearest = nearest_rows(vectors, vectors, True, count)
    dealt = random_rows(nearest, size, random, True, np.random.default_rng(3))
    assert (np.bincount(dealt.ravel(), minlength=size) == random).all()
    together = np.concatenate([np.arange(size)[:, None], nearest, dealt], axis=1)
    assert all(len(set(row)) == 1 + count + random for row in together.tolist())


def test_rows_of_a_smaller_set_are_dealt_to_within_one():
    vectors, shown = embeddings(50), embeddings(333, 1)
    nearest = nearest_rows(vectors, shown, False, 6)
    often = np.bincount(
        random_rows(nearest, 50, 2, False, np.random.default_rng(0)).ravel(), minlength=50
    )
    assert often.sum() == 666 and np.ptp(often) <= 1


def test_where_few_rows_are_left_all_of_them_are_taken():
    vectors = embeddings(9)
    mask = sample_pairs(Plan("nearest", number=64), vectors, vectors, True).mask.toarray()
    assert (mask == ~np.eye(9, dtype=bool)).all()


def test_another_seed_deals_other_rows_and_keeps_the_nearest():
    vectors = embeddings(60)
    first, other = (
        sample_pairs(Plan("nearest", seed=seed, number=8), vectors, vectors, True).mask.toarray()
        for seed in (0, 1)
    )
    assert (first != other).any() and (first & other).sum(axis=0).min() >= 6


def test_examples_without_a_direction_are_paired_like_any_other():
    flat = np.zeros((10, 4), np.float32)
    for kind in (PlanKind.SAMPLED, PlanKind.NEAREST):
        mask = sample_pairs(Plan(kind, number=3), flat, flat, True).mask
        assert (mask.sum(axis=0) == 3).all()


def test_a_hundred_times_the_rows_take_no_table_of_all_pairs():
    """Memory is that of the lists and of one strip of cosines."""
    import tracemalloc

    vectors = embeddings(6000, width=4)
    tracemalloc.start()
    sample = sample_pairs(Plan("nearest", number=8), vectors, vectors, True)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sample.mask.nnz == 8 * 6000 and most < 6000**2 / 2
