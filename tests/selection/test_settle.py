"""Settled constraints, and a sentence for every one that contradicts another."""

import numpy as np
import pytest

from delift_core.errors import InvalidBudget, InvalidConstraint
from delift_core.selection.constraints import Restrictions
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.settle import settle

PAIRS = ["a", "a", "b", "b"]


def settled(budget, costs=None, **restrictions):
    """The constraints on choosing from a pool of four."""
    return settle(budget, 4, costs, Restrictions(**restrictions))


@pytest.mark.parametrize(
    "budget, constraints, sentence",
    [
        (5, {}, "The budget asks for 5 rows and there are 4 to choose from; ask for fewer."),
        (
            1.0,
            {"excludes": [0, 0]},
            (
                "The budget asks for 4 rows and there are 3 to choose from, 1 of 4 being excluded;"
                " ask for fewer."
            ),
        ),
        (
            3,
            {"groups": PAIRS, "quotas": {"a": 1, "b": 1}},
            "The budget asks for 3 rows and the quotas leave 2; raise a quota or ask for fewer.",
        ),
        (
            3,
            {"groups": PAIRS, "quotas": {"a": 1}, "excludes": [2]},
            "The budget asks for 3 rows and the quotas leave 2; raise a quota or ask for fewer.",
        ),
        (
            1,
            {"pins": [0, 1]},
            "The pins take 2 rows and the budget is 1; unpin some or raise the budget.",
        ),
        (
            "5t",
            {"pins": [0, 1], "costs": [3, 3, 3, 3]},
            "The pins take 6 tokens and the budget is 5; unpin some or raise the budget.",
        ),
        (
            "5t",
            {},
            (
                "A budget in tokens needs the response tokens of every example; give costs=... or a"
                " budget in rows."
            ),
        ),
        (
            "5t",
            {"costs": [9, 8, 7, 6]},
            "No example fits in 5 tokens; the shortest response takes 6. Raise the budget.",
        ),
        (
            "5t",
            {"costs": [1, 1, 1, 1], "excludes": range(4)},
            "Every example is excluded; there is nothing to choose from.",
        ),
        (
            "5t",
            {"costs": [1, 1, 1, 1], "groups": PAIRS, "quotas": {"a": 0, "b": 0}},
            "The quotas leave no example to choose; raise a quota.",
        ),
    ],
)
def test_a_budget_that_cannot_be_met_says_what_can(budget, constraints, sentence):
    with pytest.raises(InvalidBudget) as refusal:
        settled(budget, **constraints)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "constraints, sentence",
    [
        ({"pins": [4]}, "There is no example 4 to pin; the pool has 4, numbered 0 to 3."),
        ({"pins": [-1]}, "There is no example -1 to pin; the pool has 4, numbered 0 to 3."),
        (
            {"excludes": [1.0]},
            "There is no example 1.0 to exclude; the pool has 4, numbered 0 to 3.",
        ),
        (
            {"excludes": np.array([True, False])},
            "There is no example True to exclude; the pool has 4, numbered 0 to 3.",
        ),
        ({"pins": [2, 2]}, "Example 2 is pinned 2 times; pin it once."),
        (
            {"pins": [2], "excludes": [2]},
            "Example 2 is both pinned and excluded; take it off one of the two lists.",
        ),
        (
            {"quotas": {"a": 1}},
            "Quotas need the group of each of the 4 examples; groups=... holds 0.",
        ),
        (
            {"quotas": {"a": 1}, "groups": ["a"]},
            "Quotas need the group of each of the 4 examples; groups=... holds 1.",
        ),
        (
            {"quotas": {"c": 1}, "groups": PAIRS},
            "No example is in the group 'c' that has a quota. Groups are a, b.",
        ),
        (
            {"quotas": {"a": -1}, "groups": PAIRS},
            "The quota of group 'a' is -1; give a whole number of rows, 0 or more.",
        ),
        (
            {"quotas": {"a": 0.5}, "groups": PAIRS},
            "The quota of group 'a' is 0.5; give a whole number of rows, 0 or more.",
        ),
        (
            {"quotas": {"a": 1}, "groups": PAIRS, "pins": [0, 1]},
            "Group 'a' has 2 pins and a quota of 1; unpin some or raise the quota.",
        ),
        (
            {"costs": [1, 2]},
            "costs is int64 of shape (2,); give 4 numbers, the tokens of each example.",
        ),
        (
            {"costs": ["a"] * 4},
            "costs is <U1 of shape (4,); give 4 numbers, the tokens of each example.",
        ),
        (
            {"costs": [1, 0, 1, 1]},
            "The cost of example 1 is 0; response tokens are whole numbers of at least 1.",
        ),
        (
            {"costs": [1, 1, 1.5, 1]},
            "The cost of example 2 is 1.5; response tokens are whole numbers of at least 1.",
        ),
        (
            {"costs": [np.nan, 1, 1, 1]},
            "The cost of example 0 is nan; response tokens are whole numbers of at least 1.",
        ),
    ],
)
def test_a_malformed_or_contradicting_constraint_is_refused(constraints, sentence):
    with pytest.raises(InvalidConstraint) as refusal:
        settled(2, **constraints)
    assert str(refusal.value) == sentence


def test_a_group_without_a_quota_is_not_limited():
    chosen = maximise(facility_location(np.eye(4)), 3, groups=PAIRS, quotas={"a": 1})
    assert chosen.indices.tolist() == [0, 2, 3]


def test_groups_may_be_an_array():
    chosen = maximise(facility_location(np.eye(4)), 3, groups=np.array(PAIRS), quotas={"a": 1})
    assert chosen.indices.tolist() == [0, 2, 3]


def test_groups_without_quotas_and_empty_lists_change_nothing():
    plain, empty = settle(2, 4), settle(2, 4, None, Restrictions([], (), PAIRS, {}))
    assert (plain.limit, plain.pins, plain.quotas.tolist(), plain.free.tolist()) == (
        2,
        [],
        [4],
        [True] * 4,
    )
    assert (empty.limit, empty.pins, empty.quotas.tolist(), empty.free.tolist()) == (
        2,
        [],
        [4],
        [True] * 4,
    )


def test_everything_pinned_is_the_pins_in_their_order():
    assert maximise(
        facility_location(np.eye(3)), 1.0, pins=np.array([2, 0, 1])
    ).indices.tolist() == [2, 0, 1]


def test_choosing_does_not_change_what_it_was_given():
    similarity, costs, quotas = np.eye(3, dtype=np.float32), np.array([1, 2, 3]), {"a": 1, "b": 1}
    maximise(
        facility_location(similarity), "6 tokens", costs=costs, groups=list("aab"), quotas=quotas
    )
    assert (
        (similarity == np.eye(3)).all()
        and costs.tolist() == [1, 2, 3]
        and quotas == {"a": 1, "b": 1}
    )
