"""Shares of the tokens sum to the utility, log ratios average to the information."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.analysis.token_shares import log_ratios, token_shares

PAIRS = st.lists(
    st.tuples(st.floats(1e-6, 1.0), st.floats(1e-6, 1.0)), min_size=1, max_size=20
).map(np.array)


def distance(p):
    return np.sqrt(((1 - p) ** 2).mean())


@given(PAIRS)
def test_shares_sum_to_the_difference_of_the_distances(pairs):
    without, with_it = pairs.T
    assert token_shares(np.log(without), np.log(with_it)).sum() == pytest.approx(
        distance(without) - distance(with_it), abs=1e-9
    )


@given(PAIRS)
def test_a_share_has_the_sign_of_the_change(pairs):
    without, with_it = pairs.T
    shares = token_shares(np.log(without), np.log(with_it))
    assert (shares[with_it > without] >= 0).all() and (shares[with_it < without] <= 0).all()


@given(PAIRS)
def test_swapping_the_two_turns_every_share_around(pairs):
    without, with_it = np.log(pairs.T)
    np.testing.assert_allclose(token_shares(without, with_it), -token_shares(with_it, without))


def test_a_case_worked_by_hand():
    # d0 = sqrt((.25 + 1 * .75**2) / 2), d1 = sqrt((0 + .75**2) / 2)
    shares = token_shares(np.log([0.5, 0.25]), np.log([1.0, 0.25]))
    assert shares[1] == 0 and shares[0] == pytest.approx(
        np.sqrt((0.25 + 0.5625) / 2) - np.sqrt(0.5625 / 2)
    )


def test_certain_tokens_have_no_share():
    assert token_shares([0.0, 0.0], [0.0, 0.0]).tolist() == [0.0, 0.0]


def test_log_ratios_are_those_of_the_probabilities():
    np.testing.assert_allclose(
        log_ratios(np.log([0.5, 0.2]), np.log([0.25, 0.4])), np.log([0.5, 2.0])
    )
