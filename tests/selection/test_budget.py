"""Budgets as people write them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.errors import InvalidBudget
from delift_core.selection.budget import Budget, BudgetUnit

ROWS, FRACTION, TOKENS = BudgetUnit
ACCEPTED = "Give rows (50), a fraction of the pool (0.3, 30%), or tokens (4000 tokens)."


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
