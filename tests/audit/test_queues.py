"""Which examples come, and in which order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from delift_core.audit.queues import (
    Source,
    at_random,
    blind,
    by_disagreement,
    by_least_helpful,
    by_lowest_gain,
    by_rank,
    first_open,
)
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.greedy import Selection
from delift_core.selection.objective_names import ObjectiveName


def selection(indices, gains):
    return Selection(
        np.array(indices),
        np.array(gains, float),
        Budget(len(indices), BudgetUnit.ROWS),
        ObjectiveName.FACILITY_LOCATION,
    )


def test_rank_is_the_order_of_choice_and_lowest_gain_its_reverse_with_ties_as_chosen():
    chosen = selection([5, 2, 9, 4], [3.0, 1.0, 1.0, 0.5])
    assert by_rank(chosen).tolist() == [5, 2, 9, 4]
    assert by_lowest_gain(chosen).tolist() == [4, 2, 9, 5]


def test_least_helpful_puts_what_was_never_scored_last():
    assert by_least_helpful(np.array([0.2, np.nan, -0.1, 0.2])).tolist() == [2, 0, 3, 1]


def test_what_reviewers_differ_on_comes_before_what_only_others_judged():
    assert by_disagreement(disputed={7, 3}, judged={1, 3, 5, 7, 9}, own={5, 7}).tolist() == [
        3,
        7,
        1,
        9,
    ]
    assert by_disagreement(set(), set(), set()).tolist() == []


@given(st.integers(1, 60), st.integers(0, 5))
def test_a_random_queue_holds_everything_once_and_depends_on_its_seed_alone(size, seed):
    assert sorted(at_random(size, seed).tolist()) == list(range(size))
    assert at_random(size, seed).tolist() == at_random(size, seed).tolist()


@given(st.data(), st.integers(1, 60), st.integers(1, 30), st.integers(0, 3))
def test_a_blind_queue_tells_each_source_truly_and_mixes_them(data, size, each, seed):
    chosen = np.array(data.draw(st.lists(st.integers(0, size - 1), unique=True)), dtype=np.int64)
    found = blind(chosen, size, each, seed)
    by_source = {
        source: {index for index, sources in found.sources.items() if source in sources}
        for source in Source
    }
    assert by_source[Source.CHOSEN] <= set(chosen.tolist()) and not by_source[
        Source.REJECTED
    ] & set(chosen.tolist())
    assert [len(by_source[source]) for source in Source] == [
        min(each, len(chosen)),
        min(each, size),
        min(each, size - len(chosen)),
    ]
    assert sorted(found.indices.tolist()) == sorted(found.sources)


def test_the_order_of_a_blind_queue_gives_no_source_away():
    found = blind(np.arange(100), 200, 60, 0)
    places = {
        source: [
            place
            for place, index in enumerate(found.indices.tolist())
            if source in found.sources[index]
        ]
        for source in Source
    }
    assert all(abs(np.mean(own) / len(found.indices) - 0.5) < 0.1 for own in places.values())


@given(st.lists(st.integers(0, 20), unique=True), st.sets(st.integers(0, 20)))
def test_a_reviewer_begins_with_the_first_example_not_seen(indices, seen):
    place = first_open(indices, seen)
    assert set(indices[:place]) <= seen and (place == len(indices) or indices[place] not in seen)
