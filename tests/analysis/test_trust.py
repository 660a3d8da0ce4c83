"""The figures of a kernel are what their names say, with the right pairs left out."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.analysis.trust import choice_trust, repeats, trust
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind
from tests.scoring.test_sparse_kernel import both


def kernel(values, square, truncated=None):
    values = np.array(values, dtype=np.float32)
    marks = np.zeros(values.shape, bool) if truncated is None else np.array(truncated, dtype=bool)
    return UtilityKernel(values, values, marks, np.full(len(values), 0.5, np.float32), square)


def test_an_example_shown_to_itself_counts_in_none_of_the_figures():
    found = trust(
        kernel(
            [[9.0, 0.2, -0.4], [0.1, 9.0, -0.2], [0.3, 0.4, 9.0]], square=True, truncated=np.eye(3)
        ),
        [10, 20, 30],
    )
    assert found.mean == pytest.approx((0.2 - 0.4 + 0.1 - 0.2 + 0.3 + 0.4) / 6)
    assert (found.negative, found.truncated, found.unscored) == (pytest.approx(2 / 6), 0, 0)
    # they give .2, .3 and -.3: ranks 2, 3, 1 against 1, 2, 3
    assert found.length_correlation == pytest.approx(-0.5)


def test_pairs_that_could_not_be_scored_are_no_pairs_that_help():
    found = trust(kernel([[np.nan, np.nan], [0.5, -0.5]], square=False), [3, 4])
    assert (found.mean, found.negative, found.unscored) == (0.0, 0.5, 0.5)


def test_nothing_scored_is_all_zero_but_the_share_that_was_not():
    found = trust(kernel(np.full((2, 3), np.nan), square=False), [1, 2, 3])
    assert (
        found.mean,
        found.negative,
        found.truncated,
        found.unscored,
        found.length_correlation,
    ) == (0, 0, 0, 1, 0)
    assert trust(kernel([[0.7]], square=True), [4]).unscored == 1


def test_what_a_plan_left_out_is_told_apart_from_what_could_not_be_scored():
    mask = np.array([[0, 1, 1, 0], [1, 0, 0, 1], [1, 1, 0, 0], [0, 0, 1, 0]], bool)
    values = np.where(mask, 0.1, np.nan)
    values[3, 2] = np.nan
    found = trust(
        replace(
            kernel(values, square=True),
            pair_sample=PairSample(PlanKind.NEAREST, mask, np.full(4, -1), None),
        ),
        [1, 2, 3, 4],
    )
    assert (found.left_out, found.unscored) == (
        pytest.approx(5 / 12),
        pytest.approx(1 / 7),
    ) and found.mean == pytest.approx(0.1)


@given(st.integers(0, 2**32 - 1), st.integers(1, 8), st.integers(1, 8))
def test_the_figures_of_a_sparse_kernel_are_those_of_the_dense_one(seed, answered, shown):
    dense, few = both(seed, answered, shown)
    tokens = np.arange(shown) ** 2
    assert asdict(trust(few, tokens)) == pytest.approx(asdict(trust(dense, tokens)))


# of a choice


@pytest.mark.parametrize(
    "chosen, tokens, told",
    [
        (
            [2, 0, 1],
            [10, 20, 30],
            (
                "with being chosen: none, for one of the two does not vary; with the rank among the"
                " chosen: \u22120.50."
            ),
        ),
        (
            [0],
            [10, 20],
            (
                "with being chosen: \u22121.00; with the rank among the chosen: none, for one of"
                " the two does not vary."
            ),
        ),
    ],
)
def test_a_correlation_that_does_not_exist_is_not_told_as_zero(chosen, tokens, told):
    assert choice_trust(np.array(chosen), tokens, {}).sentence.endswith(told)


def test_length_counts_for_the_choice_as_it_does_by_hand():
    found = choice_trust(np.array([3, 0]), [10, 20, 30, 40], {})
    # the chosen have ranks 1 and 4 of 4: 2.5 on average, as all have
    assert found.length_of_chosen == pytest.approx(0)
    assert found.length_by_rank == pytest.approx(-1)  # the longer came first
    assert (found.tokens_chosen, found.tokens_pool, found.repeats) == (25, 25, ())
    assert choice_trust(np.array([3, 2]), [10, 20, 30, 40], {}).length_of_chosen == pytest.approx(
        2 / np.sqrt(5)
    )


def test_an_example_repeats_the_first_chosen_of_its_kind_whoever_represents_it():
    assert repeats([5, 1, 4, 0], {4: 2, 5: 2, 1: 0}) == [(5, 4), (1, 0)]
    assert repeats([5, 3], {4: 2, 5: 2}) == []


@given(st.permutations(range(8)), st.dictionaries(st.integers(4, 7), st.integers(0, 3)))
def test_what_is_left_without_the_repeats_holds_one_of_each_kind(chosen, kinds):
    left = [
        index for index in chosen if index not in {second for _, second in repeats(chosen, kinds)}
    ]
    assert len({kinds.get(index, index) for index in left}) == len(left)
    assert {kinds.get(index, index) for index in left} == {
        kinds.get(index, index) for index in chosen
    }
