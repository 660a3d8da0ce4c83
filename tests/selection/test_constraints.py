"""Budgets as people write them, and every constraint that contradicts another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.errors import InvalidBudget, InvalidConstraint
from delift_core.selection.budget import Budget, BudgetUnit
from delift_core.selection.constraints import Restrictions
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.settle import settle

ROWS, FRACTION, TOKENS = BudgetUnit
ACCEPTED = "Give rows (50), a fraction of the pool (0.3, 30%), or tokens (4000 tokens)."
PAIRS = ["a", "a", "b", "b"]


def settled(budget, costs=None, **restrictions):
    """The constraints on choosing from a pool of four."""
    return settle(budget, 4, costs, Restrictions(**restrictions))


@pytest.mark.parametrize(
    "written, amount, unit",
    [
        (50, 50, ROWS),
        (1, 1, ROWS),
        (np.int64(7), 7, ROWS),
        ("50", 50, ROWS),
        ("1", 1, ROWS),
        ("50 rows", 50, ROWS),
        (" 1 row ", 1, ROWS),
        (0.3, 0.3, FRACTION),
        (1.0, 1.0, FRACTION),
        (np.float64(0.5), 0.5, FRACTION),
        ("0.25", 0.25, FRACTION),
        (".5", 0.5, FRACTION),
        ("1.0", 1.0, FRACTION),
        ("25%", 0.25, FRACTION),
        ("2.5 %", 0.025, FRACTION),
        ("100%", 1.0, FRACTION),
        ("4000 tokens", 4000, TOKENS),
        ("4000t", 4000, TOKENS),
        ("4000 T", 4000, TOKENS),
        ("1 token", 1, TOKENS),
    ],
)
def test_a_budget_is_read_as_it_is_written(written, amount, unit):
    assert Budget.parse(written) == Budget(amount, unit)


@given(
    budget=st.one_of(
        st.builds(Budget, st.integers(1, 10**9), st.sampled_from([ROWS, TOKENS])),
        st.builds(lambda percent: Budget(percent / 100, FRACTION), st.integers(1, 100)),
    )
)
def test_a_budget_is_read_back_from_its_own_text(budget):
    assert Budget.parse(str(budget)) == budget and Budget.parse(budget) is budget


@pytest.mark.parametrize(
    "fraction, pool, rows",
    [(0.25, 36, 9), (0.3, 5, 2), (0.5, 3, 2), (0.01, 10, 1), (1.0, 7, 7), (0.3, 200, 60)],
)
def test_a_fraction_rounds_half_up_and_is_never_nothing(fraction, pool, rows):
    assert Budget.parse(fraction).rows(pool) == rows


@pytest.mark.parametrize(
    "written, reason",
    [
        ("many", "The budget 'many' cannot be read."),
        ("", "The budget '' cannot be read."),
        ("-3", "The budget '-3' cannot be read."),
        ("1e3", "The budget '1e3' cannot be read."),
        ("50 words", "The budget '50 words' cannot be read."),
        (None, "The budget None is neither a number nor text."),
        (True, "The budget True is neither a number nor text."),
        (0, "A budget in rows is a whole number of at least 1, not 0."),
        (-3, "A budget in rows is a whole number of at least 1, not -3."),
        ("0 tokens", "A budget in tokens is a whole number of at least 1, not 0."),
        (0.0, "A fraction of the pool lies above 0 and at most 1, not 0."),
        ("1.5", "A fraction of the pool lies above 0 and at most 1, not 1.5."),
        (50.0, "A fraction of the pool lies above 0 and at most 1, not 50."),
        ("250%", "A fraction of the pool lies above 0 and at most 1, not 2.5."),
        (float("nan"), "A fraction of the pool lies above 0 and at most 1, not nan."),
    ],
)
def test_an_unreadable_budget_is_refused_with_what_is_accepted(written, reason):
    with pytest.raises(InvalidBudget) as refusal:
        Budget.parse(written)
    assert str(refusal.value) == f"{reason} {ACCEPTED}"


def test_tokens_are_not_a_number_of_rows():
    with pytest.raises(InvalidBudget, match="^9 tokens is not a number of rows"):
        Budget.parse("9t").rows(5)


@pytest.mark.parametrize(
    "budget, given, sentence",
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
def test_a_budget_that_cannot_be_met_says_what_can(budget, given, sentence):
    with pytest.raises(InvalidBudget) as refusal:
        settled(budget, **given)
    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    "given, sentence",
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
def test_a_malformed_or_contradicting_constraint_is_refused(given, sentence):
    with pytest.raises(InvalidConstraint) as refusal:
        settled(2, **given)
    assert str(refusal.value) == sentence


def test_a_group_without_a_quota_is_not_limited():
    chosen = maximise(facility_location(np.eye(4)), 3, groups=PAIRS, quotas={"a": 1})
    assert chosen.indices.tolist() == [0, 2, 3]


def test_groups_without_quotas_and_empty_lists_change_nothing():
    plain, given = settle(2, 4), settle(2, 4, None, Restrictions([], (), PAIRS, {}))
    assert (plain.limit, plain.pins, plain.quotas.tolist(), plain.free.tolist()) == (
        2,
        [],
        [4],
        [True] * 4,
    )
    assert (given.limit, given.pins, given.quotas.tolist(), given.free.tolist()) == (
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
