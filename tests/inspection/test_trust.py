"""The figures people trust a kernel by: what is left out of them, and that they are what their names say."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.inspection.trust import spearman, trust
from delift_core.scoring.kernel import UtilityKernel


def kernel(values, square, truncated=None):
    values = np.array(values, dtype=np.float32)
    marks = np.zeros(values.shape, bool) if truncated is None else np.array(truncated, dtype=bool)
    return UtilityKernel(values, values, marks, np.full(len(values), 0.5, np.float32), square)


def test_an_example_shown_to_itself_counts_in_none_of_the_figures():
    found = trust(kernel([[9.0, 0.2, -0.4], [0.1, 9.0, -0.2], [0.3, 0.4, 9.0]], square=True, truncated=np.eye(3)), [10, 20, 30])
    assert found.mean == pytest.approx((0.2 - 0.4 + 0.1 - 0.2 + 0.3 + 0.4) / 6)
    assert (found.negative, found.truncated, found.unscored) == (pytest.approx(2 / 6), 0, 0)
    assert found.length_correlation == pytest.approx(-0.5)             # they give .2, .3 and -.3: ranks 2, 3, 1 against 1, 2, 3


def test_pairs_that_could_not_be_scored_are_no_pairs_that_help():
    found = trust(kernel([[np.nan, np.nan], [0.5, -0.5]], square=False), [3, 4])
    assert (found.mean, found.negative, found.unscored) == (0.0, 0.5, 0.5)


def test_nothing_scored_is_all_zero_but_the_share_that_was_not():
    found = trust(kernel(np.full((2, 3), np.nan), square=False), [1, 2, 3])
    assert (found.mean, found.negative, found.truncated, found.unscored, found.length_correlation) == (0, 0, 0, 1, 0)
    assert trust(kernel([[0.7]], square=True), [4]).unscored == 1


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=15).map(np.array))
def test_the_rank_correlation_is_that_of_pandas(pairs):
    expected = pd.DataFrame(pairs).rank().corr().iloc[0, 1]
    assert spearman(*pairs.T) == pytest.approx(0.0 if np.isnan(expected) else expected, abs=1e-12)
