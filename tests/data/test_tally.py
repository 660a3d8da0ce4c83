"""Every row of a source is counted once: left out, merged, or noticed."""

import pytest

from delift_core.data.readers import read_dataset
from delift_core.data.tally import Tally, tally

ROWS = [
    {"prompt": "Add 1 and 1", "response": "2"},
    {"prompt": "Add 1 and 1", "response": "2"},
    {"prompt": "Name a colour", "response": "blue<|im_end|>"},
    {"prompt": "Say nothing", "response": ""},
]


@pytest.mark.parametrize(
    "policy, expected",
    [
        ("collapse", Tally(left_out=1, merged=1, notices=1)),
        ("keep", Tally(left_out=1, merged=0, notices=2)),
    ],
)
def test_a_row_is_counted_by_what_became_of_it(policy, expected):
    assert tally(read_dataset(ROWS, near_duplicates=policy)) == expected


def test_every_kind_of_problem_is_counted_exactly_once():
    for policy in ("collapse", "keep"):
        dataset = read_dataset(ROWS, near_duplicates=policy)
        assert sum(tally(dataset)) == dataset.counts.total()


def test_nothing_to_know_of_is_nothing_counted():
    assert tally(read_dataset(ROWS[:1])) == Tally(0, 0, 0)
