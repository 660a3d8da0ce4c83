"""A gain as a sum: its parts, the owners and the runner-up are those of the greedy loop."""

from dataclasses import asdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from delift_core.analysis.explain import (
    owner_shares,
    reason_for,
    runner_up,
    runners_up,
    why_chosen,
)
from delift_core.analysis.owners import NOBODY, owners
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location, flcg, flcmi, flqmi, flvmi
from tests.selection.test_open_rows import twins

NONE = np.empty(0, dtype=np.int64)


def kernel(rows, columns):
    return arrays(np.float64, (rows, columns), elements=st.floats(-0.5, 1.0, width=16))


@st.composite
def objectives(draw):
    """One of the five over a pool of six, a target of three and two known examples."""
    pool, target, known, answers = (
        draw(kernel(*shape)) for shape in ((6, 6), (6, 3), (6, 2), (3, 6))
    )
    weight = draw(st.sampled_from([0.3, 1.0, 2.0]))
    return draw(
        st.sampled_from(
            [
                facility_location(pool),
                flqmi(answers, weight),
                flvmi(pool, target, weight),
                flcg(pool, known, weight),
                flcmi(pool, target, known, weight, weight),
            ]
        )
    )


@given(objectives(), st.integers(1, 6))
@settings(deadline=None)
def test_the_parts_sum_to_the_gain_that_greedy_recorded(objective, rank):
    selection = maximise(objective, 6)
    reason = why_chosen(objective, selection, rank)
    assert reason.gain == pytest.approx(selection.gains[rank - 1], abs=1e-9)
    assert reason.index == selection.indices[rank - 1]
    assert (reason.parts > 0).all() and (np.diff(reason.parts) <= 0).all()


@given(objectives(), st.integers(1, 5))
@settings(deadline=None)
def test_the_runner_up_gains_no_more_than_the_chosen(objective, rank):
    selection = maximise(objective, 6)
    index, gain = runner_up(objective, selection, rank, NONE)
    assert index not in selection.indices[:rank]
    assert gain <= selection.gains[rank - 1] + 1e-12
    assert gain == pytest.approx(
        objective.value([*selection.indices[: rank - 1], index])
        - objective.value(selection.indices[: rank - 1]),
        abs=1e-9,
    )


@given(objectives(), st.integers(1, 6), st.integers(0, 2), st.integers(0, 2))
@settings(deadline=None)
def test_the_runner_up_at_every_rank_is_that_of_a_search_through_the_whole_pool(
    objective, budget, pinned, excluded
):
    """The report kept a queue of its own beside Why's search; both now come from one function."""
    excludes = np.arange(6 - excluded, 6)
    budget = min(budget, 6 - excluded)
    pins = list(range(min(pinned, budget)))
    selection = maximise(objective, budget, pins=pins, excludes=excludes.tolist())
    ranks = range(1, len(selection) + 1)
    by_hand = [searched_runner_up(objective, selection, rank, excludes) for rank in ranks]
    assert list(runners_up(objective, selection, excludes)) == by_hand
    assert [runner_up(objective, selection, rank, excludes) for rank in ranks] == by_hand


def searched_runner_up(objective, selection, rank, excludes):
    """The first of the highest gains among all that were left at a rank; None for a pin."""
    chosen = selection.indices[:rank]
    coverage = objective.coverage(chosen[:-1])
    left = [index for index in range(objective.size) if index not in {*chosen, *excludes}]
    if rank <= selection.pinned or not left:
        return None
    best = max(left, key=lambda index: objective.gain(index, coverage))
    return best, objective.gain(best, coverage)


def test_nobody_is_left_when_all_others_are_taken_or_excluded():
    objective = facility_location(np.eye(3))
    assert runner_up(objective, maximise(objective, 3), 3, NONE) is None
    assert runner_up(objective, maximise(objective, 3), 2, np.array([2])) is None


@given(objectives(), st.integers(0, 5), st.integers(0, 5))
@settings(deadline=None)
def test_what_one_not_chosen_would_add_is_the_difference_of_the_values(objective, count, index):
    chosen = maximise(objective, 6).indices
    chosen = chosen[chosen != index][:count]
    assert reason_for(objective, chosen, index).gain == pytest.approx(
        objective.value([*chosen, index]) - objective.value(chosen), abs=1e-9
    )


@given(objectives(), st.integers(0, 5))
@settings(deadline=None)
def test_who_covers_it_shares_out_what_it_would_cover_first(objective, index):
    found, shares = owner_shares(objective, maximise(objective, 3).indices, index)
    assert shares.sum() == pytest.approx(reason_for(objective, NONE, index).parts.sum(), abs=1e-9)
    assert (np.diff(shares) <= 0).all() and len(set(found.tolist())) == len(found)


def test_a_case_worked_by_hand():
    similarity = np.array([[0.9, 0.1, 0.0], [0.5, 0.8, 0.0], [0.0, 0.4, 0.7]])
    objective = facility_location(similarity)
    selection = maximise(objective, 3)
    # gains 1.4, then 0.3 + 0.4 against 0.7 (the tie goes to the lower), then 0.3
    assert selection.indices.tolist() == [0, 1, 2]
    second = why_chosen(objective, selection, 2)
    assert second.answered.tolist() == [2, 1]
    np.testing.assert_allclose(second.parts, [0.4, 0.3])
    assert second.before.tolist() == [NOBODY, 0]
    assert runner_up(objective, selection, 2, NONE) == (2, pytest.approx(0.7))
    assert owners(objective, np.array([0, 1])).tolist() == [0, 1, 1]


def test_a_part_cut_short_by_the_target_is_marked():
    objective = flvmi(np.array([[0.9, 0.0], [0.2, 0.6]]), np.array([[0.5], [0.9]]))
    reason = why_chosen(objective, maximise(objective, 1), 1)
    assert dict(zip(reason.answered.tolist(), reason.capped.tolist())) == {0: True, 1: False}
    np.testing.assert_allclose(sorted(reason.parts), [0.2, 0.5])


@settings(max_examples=150, deadline=None)
@given(pair=twins(longest=20), data=st.data())
def test_the_reasons_of_a_sparse_similarity_are_those_of_the_dense_array(pair, data):
    few = pair[0]
    chosen = np.array(data.draw(st.permutations(range(few.size))), dtype=np.int64)
    index, chosen = int(chosen[0]), chosen[1 : data.draw(st.integers(1, few.size))]
    reasons = (asdict(reason_for(objective, chosen, index)) for objective in pair)
    for own, other in zip(*(reason.values() for reason in reasons), strict=True):
        assert np.array_equal(own, other)
    shares = (owner_shares(objective, chosen, index) for objective in pair)
    for own, other in zip(*shares, strict=True):
        assert (own == other).all()


@settings(max_examples=150, deadline=None)
@given(pair=twins(longest=20), data=st.data())
def test_the_runners_up_of_a_sparse_similarity_are_those_of_the_dense_array(pair, data):
    few, array = pair
    selection = maximise(array, data.draw(st.integers(1, few.size)))
    first = data.draw(st.integers(1, len(selection)))
    assert list(runners_up(few, selection, NONE, first)) == list(
        runners_up(array, selection, NONE, first)
    )
