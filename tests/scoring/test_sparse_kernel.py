"""A sparse kernel says of every pair what the dense one of the same pairs says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csc_array

from delift_core.errors import UnknownChoice
from delift_core.scoring.kernel import Alone, Measure, UtilityKernel, similarities
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind
from delift_core.scoring.sparse_kernel import SparseUtilityKernel, shown_of
from delift_core.scoring.transforms import Diagonal, Transform

measures, transforms = st.sampled_from(list(Measure)), st.sampled_from(list(Transform))


def both(seed, answered, shown, kind=PlanKind.NEAREST, share=0.4, unscorable=0.1):
    """The dense and the sparse kernel of the same made-up pairs."""
    rng = np.random.default_rng(seed)
    square = answered == shown
    mask = rng.random((answered, shown)) < share  # (answered, shown)
    if kind is PlanKind.SAMPLED:
        mask = np.repeat(rng.random((answered, 1)) < share, shown, axis=1)
    elif square:
        np.fill_diagonal(mask, False)
    planes = rng.normal(size=(3, answered, shown)).astype(np.float32)
    planes[2] = planes[2] > 0
    planes[:2, rng.random((answered, shown)) < unscorable] = np.nan
    distance = rng.random(answered).astype(np.float32)
    distance[rng.random(answered) < unscorable] = np.nan
    planes[:2, np.isnan(distance)] = np.nan
    planes[:, ~mask] = np.nan
    absent = np.zeros(0)
    alone = Alone(distance, absent, absent, absent, absent, np.zeros((answered, 2), np.float32))
    strata = np.full(answered, -1, np.int32)
    dense = UtilityKernel.from_planes(planes, alone, square, PairSample(kind, mask, strata, None))
    lists = csc_array(mask)
    flat = planes[:, lists.indices, shown_of(lists)]
    sample = PairSample(kind, lists, strata, None)
    return dense, SparseUtilityKernel.from_pairs(flat, alone, square, sample)


def dense_of(similarity):
    """(answered, shown) of a sparse similarity."""
    columns = [similarity.column(index) for index in range(similarity.shape[1])]
    return np.stack(columns, axis=1)


sizes = st.integers(1, 9)
kinds = st.sampled_from([PlanKind.NEAREST, PlanKind.SAMPLED])


@given(
    seed=st.integers(0, 500),
    answered=sizes,
    shown=sizes,
    kind=kinds,
    measure=measures,
    transform=transforms,
    diagonal=st.sampled_from([Diagonal.CAPPED, Diagonal.MASKED]),
)
def test_its_similarities_are_those_of_the_dense_kernel(
    seed, answered, shown, kind, measure, transform, diagonal
):
    dense, sparse = both(seed, answered, shown, kind)
    expected = dense.similarity(measure, transform, diagonal)
    similarity = sparse.similarity(measure, transform, diagonal)
    np.testing.assert_allclose(dense_of(similarity), expected, rtol=1e-5, atol=1e-6)
    assert similarity.scored.dtype == similarity.rest.dtype == np.float32
    assert similarity.scored.nnz <= sparse.values.nnz + answered


@given(seed=st.integers(0, 500), answered=sizes, shown=sizes, kind=kinds, measure=measures)
def test_its_means_and_what_could_not_be_scored_are_those_of_the_dense_kernel(
    seed, answered, shown, kind, measure
):
    dense, sparse = both(seed, answered, shown, kind, unscorable=0.4)
    np.testing.assert_allclose(sparse.imputed(measure), dense.imputed(measure), rtol=1e-5)
    np.testing.assert_allclose(sparse.shown_means(measure), dense.shown_means(measure), rtol=1e-6)
    assert (sparse.unscored == dense.unscored).all()
    assert (sparse.requested.toarray() == dense.requested).all()
    assert sparse.extremes(measure) == dense.extremes(measure)
    off = sparse.off_diagonal(measure)
    assert np.isfinite(off.data).sum() == np.isfinite(dense.off_diagonal(measure)).sum()


@given(seed=st.integers(0, 500), data=st.data())
def test_any_block_of_it_is_that_of_the_dense_kernel(seed, data):
    dense, sparse = both(seed, 7, 5)
    rows = np.array(data.draw(st.lists(st.integers(0, 6), min_size=1, unique=True)))
    columns = np.array(data.draw(st.lists(st.integers(0, 4), min_size=1, unique=True)))
    for measure in Measure:
        np.testing.assert_array_equal(
            sparse.block(measure, rows, columns), dense.block(measure, rows, columns)
        )


@given(seed=st.integers(0, 500))
def test_any_pair_of_it_is_that_of_the_dense_kernel(seed):
    dense, sparse = both(seed, 7, 5)
    for ends in (np.ix_(np.arange(7), np.arange(5)), (np.arange(7), 3), (2, np.arange(5))):
        for name in ("values", "pmi", "requested", "truncated"):
            scored = dense.at(dense.requested, *ends)
            found = sparse.at(getattr(sparse, name), *ends)
            np.testing.assert_array_equal(
                found[scored], dense.at(getattr(dense, name), *ends)[scored]
            )
            assert not np.any(found[~scored] > 0)


def test_one_scale_holds_for_dense_and_sparse_kernels_of_a_run():
    dense, sparse = both(1, 6, 6)
    other, _ = both(2, 4, 6)
    scaled = similarities({"a": sparse, "b": other}, transform="minmax")
    expected = similarities({"a": dense, "b": other}, transform="minmax")
    np.testing.assert_allclose(dense_of(scaled["a"]), expected["a"], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(scaled["b"], expected["b"])


def test_a_diagonal_is_kept_where_it_was_scored_and_refused_where_it_was_left_out():
    dense, sparse = both(3, 6, 6, PlanKind.SAMPLED)
    np.testing.assert_allclose(
        dense_of(sparse.similarity(diagonal="kept")), dense.similarity(diagonal="kept")
    )
    with pytest.raises(UnknownChoice, match="needs examples scored behind themselves"):
        both(3, 6, 6)[1].similarity(diagonal="kept")


def test_a_stored_pair_that_could_not_be_scored_is_worth_nothing_and_is_not_imputed():
    lists = csc_array(np.array([[0, 1, 1], [1, 0, 0], [0, 1, 0]], bool))
    planes = np.float32([[0.4, 0.6, np.nan, 0.2], [0] * 4, [0] * 4])
    alone = Alone(np.full(3, 0.5, np.float32), *[np.zeros(0)] * 4, np.zeros((3, 1)))
    sample = PairSample(PlanKind.NEAREST, lists, np.full(3, -1, np.int32), None)
    similarity = SparseUtilityKernel.from_pairs(planes, alone, True, sample).similarity()
    # columns: row 1 of shown 0; rows 0 and 2 of shown 1; row 0 of shown 2
    expected = [[0.6, 0.6, 0.2], [0.4, 0.4, 0.4], [0.0, 0.0, 0.0]]
    np.testing.assert_allclose(similarity.rest, [0.4, 0.4, 0.0], rtol=1e-6)
    np.testing.assert_allclose(dense_of(similarity), expected, rtol=1e-6)
