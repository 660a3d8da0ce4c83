"""Methods that read the kernel order a sparse one as the dense one of the same pairs."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.selection.method import Need
from delift_core.selection.methods import BASELINES
from tests.scoring.test_sparse_kernel import both
from tests.selection.baselines.test_laws import drawn_inputs

READERS = [method for method in BASELINES if Need.KERNEL in method.needs]


@pytest.mark.parametrize("method", READERS, ids=lambda method: method.name)
@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 2**32 - 1), size=st.integers(2, 12))
def test_the_order_is_that_of_the_dense_kernel(method, seed, size):
    inputs = drawn_inputs(size, seed)
    dense, few = both(seed, size, size)
    assert order_on(method, inputs, few) == order_on(method, inputs, dense)


def order_on(method, inputs, kernel):
    """The order of a method where the pool has that kernel."""
    return method.order(replace(inputs, kernel=lambda: kernel)).tolist()
