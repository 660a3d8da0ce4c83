"""Rank correlation: that of pandas, ties included."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.selection.rank_correlation import spearman


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=15).map(np.array)
)
def test_the_rank_correlation_is_that_of_pandas(pairs):
    expected = pd.DataFrame(pairs).rank().corr().iloc[0, 1]
    assert spearman(*pairs.T) == pytest.approx(expected, abs=1e-12, nan_ok=True)
