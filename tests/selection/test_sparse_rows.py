"""Best and lowest of sparse similarities: those of the dense array."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.selection.sparse_rows import (
    best_of_columns,
    best_of_rows,
    first_best_of_rows,
    lowest_of_rows,
    multiplied,
    raised,
)
from tests.selection.sparse_worlds import dense, sparse_worlds

few = st.sampled_from(["pool_pool", "target_pool", "pool_target"])


@settings(max_examples=200)
@given(world=sparse_worlds(longest=12), name=few, data=st.data())
def test_best_and_lowest_are_those_of_the_dense_array(world, name, data):
    similarity, array = world[name], dense(world[name])
    assert (best_of_columns(similarity) == array.max(axis=0)).all()
    assert (lowest_of_rows(similarity) == array.min(axis=1)).all()
    assert (best_of_rows(similarity, slice(None)) == array.max(axis=1)).all()
    chosen = np.array(data.draw(st.permutations(range(array.shape[1]))))
    chosen = chosen[: data.draw(st.integers(1, len(chosen)))]
    assert (best_of_rows(similarity, chosen) == array[:, chosen].max(axis=1)).all()


@settings(max_examples=200)
@given(world=sparse_worlds(longest=12), name=few, data=st.data())
def test_the_first_of_equals_among_the_chosen_is_the_best(world, name, data):
    similarity, array = world[name], dense(world[name])
    chosen = np.array(data.draw(st.permutations(range(array.shape[1]))))
    chosen = chosen[: data.draw(st.integers(1, len(chosen)))]
    positions, best = first_best_of_rows(similarity, chosen)
    assert (positions == array[:, chosen].argmax(axis=1)).all()
    assert (best == array[:, chosen].max(axis=1)).all()


@given(world=sparse_worlds(longest=12))
def test_rows_are_raised_and_multiplied_rests_and_zeros_included(world):
    similarity = world["pool_pool"]
    by = np.arange(similarity.shape[0], dtype=np.float64)
    before = dense(similarity)
    assert (dense(multiplied(similarity, by)) == before * by[:, None]).all()
    by = by.astype(np.float32)
    assert (dense(raised(similarity, by)) == before + by[:, None]).all()
    assert (dense(similarity) == before).all()
