"""What pairs that were not scored are worth, and that they are never taken for pairs of which
nothing could be scored.
"""

import numpy as np
import pytest

from delift_core.data.example import Dataset
from delift_core.errors import UnknownChoice
from delift_core.scoring.imputation import impute, row_means
from delift_core.scoring.kernel import Measure, UtilityKernel
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.pair_sampling import PairSample, sample_pairs
from delift_core.scoring.plan import Plan, PlanKind

NAN = np.nan
VALUES = np.array(
    [[9.0, 0.2, NAN, 0.4], [NAN, NAN, NAN, 0.6], [0.1, NAN, 9.0, NAN], [NAN, NAN, NAN, NAN]],
    np.float32,
)
MASK = np.array([[1, 1, 0, 1], [0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1]], bool)


def kernel_of(
    values=VALUES,
    mask=MASK,
    kind=PlanKind.NEAREST,
    alone=(0.5, 0.5, 0.5, NAN),
    weights=None,
    square=True,
):
    drawn = PairSample(kind, mask, np.full(len(values), -1, np.int32), weights)
    return UtilityKernel(
        values, values, np.zeros(values.shape, bool), np.array(alone, np.float32), square, drawn
    )


def test_a_left_out_pair_gets_the_mean_of_its_row_without_the_example_shown_to_itself():
    filled = impute(VALUES, MASK, row_means(VALUES, MASK, square=True))
    np.testing.assert_allclose(
        filled,
        [[9.0, 0.2, 0.3, 0.4], [0.6, NAN, 0.6, 0.6], [0.1, 0.1, 9.0, 0.1], [NAN] * 4],
        rtol=1e-6,
    )
    assert np.isnan(VALUES[0, 2])  # the scored ones were not touched


def test_a_row_of_which_nothing_was_requested_gets_the_mean_of_everything_scored():
    mask = MASK.copy()
    mask[1] = False
    assert row_means(np.where(mask, VALUES, NAN), mask, square=True)[1] == pytest.approx(
        (0.2 + 0.4 + 0.1) / 3
    )


def test_nothing_scored_at_all_stays_nothing():
    assert np.isnan(
        row_means(np.full((2, 2), NAN, np.float32), np.zeros((2, 2), bool), square=False)
    ).all()


def test_what_could_not_be_scored_is_not_inferred_and_what_was_left_out_is_not_called_unscorable():
    kernel = kernel_of()
    completed = kernel.completed(Measure.L2)
    assert np.isnan(completed[3]).all() and np.isnan(completed[1, 1])
    assert np.isfinite(completed[[0, 1, 2], [2, 0, 1]]).all()
    assert (kernel.requested == MASK).all() and np.isnan(kernel.values[~MASK]).all()
    similarity = kernel.similarity()
    assert (
        similarity[0, 2] == pytest.approx(0.3)
        and similarity[3].max() == 0
        and np.isfinite(similarity).all()
    )


def test_an_example_with_nothing_to_score_is_worth_nothing_even_where_no_pair_was_requested():
    mask = MASK.copy()
    mask[3] = False
    assert (
        np.isnan(kernel_of(mask=mask).completed(Measure.L2)[3]).all()
        and kernel_of(mask=mask).similarity()[3].max() == 0
    )


def test_the_layout_of_the_values_is_kept():
    kernel = kernel_of(np.asfortranarray(VALUES))
    assert (
        kernel.completed(Measure.L2).flags.f_contiguous and kernel.similarity().flags.f_contiguous
    )


def test_sampled_rows_are_not_inferred_from_and_the_others_count_for_nothing():
    mask = np.zeros((4, 4), bool)
    mask[[0, 2]] = True
    values, weights = (
        np.where(mask, 0.5, NAN).astype(np.float32),
        np.array([2, 0, 2, 0], np.float32),
    )
    kernel = kernel_of(values, mask, PlanKind.SAMPLED, alone=(0.5,) * 4, weights=weights)
    assert (kernel.similarity()[[1, 3]] == 0).all() and (kernel.similarity()[[0, 2]] == 0.5).all()
    assert kernel.weights is weights and not kernel.imputes
    assert (kernel.similarity(diagonal="kept")[[0, 2], [0, 2]] == 0.5).all()


def test_a_diagonal_that_was_not_scored_cannot_be_kept():
    with pytest.raises(UnknownChoice, match="needs examples scored behind themselves"):
        kernel_of().similarity(diagonal="kept")


def test_every_pair_scored_is_a_kernel_as_ever():
    kernel = UtilityKernel(VALUES, VALUES, VALUES > 1, VALUES[0], True)
    assert (
        kernel.completed(Measure.L2) is VALUES and kernel.requested.all() and kernel.weights is None
    )


@pytest.fixture(scope="module")
def eight(make_example):
    return Dataset(
        tuple(
            make_example(f"Name a colour {number}", "blue " * (number % 3)) for number in range(8)
        )
    )


@pytest.mark.parametrize("kind", [PlanKind.SAMPLED, PlanKind.NEAREST])
def test_the_library_scores_the_pairs_of_a_plan_to_what_they_are_without_one(tiny, eight, kind):
    whole, done = score_utilities(eight, model=tiny()), []
    part = score_utilities(eight, model=tiny(), plan=Plan(kind, 0.4), progress=done.append)
    answerable = np.isfinite(whole.values)  # rows 0, 3, 6 have no response
    assert (
        np.isfinite(part.values) == (part.requested & answerable)
    ).all() and not answerable.all()
    np.testing.assert_allclose(part.values[part.requested], whole.values[part.requested], atol=1e-5)
    assert sum(done) == part.requested.sum() == 3 * 8


def test_between_two_sets_the_pairs_drawn_follow_from_both(tiny, eight):
    target = Dataset(eight.examples[:4])
    kernel = score_utilities(eight, model=tiny(), answered=target, plan=Plan(PlanKind.NEAREST, 0.5))
    assert (
        kernel.values.shape == (4, 8)
        and (kernel.requested.sum(axis=0) == 2).all()
        and not kernel.square
    )


def test_every_pair_drawn_is_every_pair():
    drawn = sample_pairs(Plan(), np.zeros((3, 2)), np.zeros((4, 2)), False)
    assert drawn.mask.all() and drawn.weights is None
