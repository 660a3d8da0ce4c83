"""Counts and shares in words: what is told of a number is true of it."""

import pytest

from delift_core.units import (
    counted,
    coverage_percent,
    coverage_range,
    percent,
    value_text,
    whole_percent,
)


@pytest.mark.parametrize(
    "share, told",
    [
        (0, "0 %"),
        (0.7909, "79.1 %"),
        (0.9946, "99.5 %"),
        (0.9973, "99.7 %"),
        (0.99951, "99.9 %"),
        (0.99993, "99.9 %"),
        (1 - 1e-8, "99.9 %"),
        (1 - 1e-12, "100 %"),
        (1, "100 %"),
        (-0.25, "−25 %"),
    ],
)
def test_what_lacks_anything_of_the_whole_is_not_told_as_the_whole(share, told):
    assert coverage_percent(share) == told


@pytest.mark.parametrize("share, told", [(0.1296, "13 %"), (0.004, "0 %"), (0.996, "100 %")])
def test_a_rough_share_has_no_digits_after_the_point(share, told):
    assert whole_percent(share) == told


def test_two_shares_that_read_alike_are_told_once():
    assert coverage_range(0.7909, 0.8402) == "79.1 to 84 %"
    assert coverage_range(1, 1) == "100 %" and coverage_range(0.9996, 1) == "99.9 to 100 %"


def test_one_is_told_without_a_plural():
    assert [counted(count, "row") for count in (0, 1, 2, 1000)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "1,000 rows",
    ]
    assert (
        counted(1, "entry", "entries") == "1 entry"
        and counted(3, "entry", "entries") == "3 entries"
    )


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.2, "20 %"), (0.462527, "46.3 %"), (0.0003, "0.03 %"), (1e-6, "0 %"), (0.04, "4 %")],
)
def test_a_share_is_rounded_once_to_three_digits(share, text):
    assert percent(share) == text


def test_a_field_without_a_value_is_said_to_be_empty_and_nought_is_a_value():
    assert value_text(None) == value_text("") == "(empty)"
    assert value_text("None") == "None" and value_text(0) == "0" and value_text(False) == "False"
