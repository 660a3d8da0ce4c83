"""What sequences begin with in common is found whole, is worth what it costs, and loses no token."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.scoring.prefixes import NONE, Beginning, parts_that_fit, shared, shared_beginnings

sequences = st.lists(st.lists(st.integers(0, 2), max_size=12).map(tuple), min_size=1, max_size=20)
worths = st.sampled_from([1, 2, 3, 5, 8, 10**9])


def path(kept, at):
    """All tokens of a beginning, those it continues included."""
    return () if at == NONE else path(kept, kept[at].parent) + kept[at].tokens


def read(kept, continues, given):
    """How many tokens are read: every beginning once, and of every sequence what is left."""
    return sum(len(one.tokens) for one in kept) + sum(
        len(one) - (kept[at].end if at != NONE else 0) for one, at in zip(given, continues)
    )


@given(given_=sequences, worth=worths)
def test_every_sequence_goes_on_from_its_beginning(given_, worth):
    kept, continues = shared_beginnings(given_, worth)
    assert len(continues) == len(given_)
    for one, at in zip(given_, continues):
        assert one[: len(path(kept, at))] == path(kept, at)


@given(given_=sequences, worth=worths)
def test_parents_come_first_and_a_beginning_knows_its_level_and_its_end(given_, worth):
    kept, _ = shared_beginnings(given_, worth)
    for at, one in enumerate(kept):
        assert one.tokens and one.parent < at and one.end == len(path(kept, at))
        assert one.level == (0 if one.parent == NONE else kept[one.parent].level + 1)


@given(given_=sequences, worth=worths)
def test_a_beginning_saves_what_it_has_to_and_all_together_save_that_many_times(given_, worth):
    kept, continues = shared_beginnings(given_, worth)
    for at, one in enumerate(kept):
        sharing = sum(sequence[: one.end] == path(kept, at) for sequence in given_)
        assert (sharing - 1) * len(one.tokens) >= worth
    assert read(kept, continues, given_) <= sum(map(len, given_)) - worth * len(kept)


@given(given_=sequences)
def test_where_every_token_is_worth_it_each_is_read_once(given_):
    kept, continues = shared_beginnings(given_, 1)
    distinct = {one[:length] for one in given_ for length in range(1, len(one) + 1)}
    assert read(kept, continues, given_) == len(distinct)


@given(given_=sequences, worth=worths, data=st.data())
def test_the_order_of_sequences_changes_nothing(given_, worth, data):
    order = data.draw(st.permutations(range(len(given_))))
    kept, continues = shared_beginnings(given_, worth)
    moved, moved_continues = shared_beginnings([given_[at] for at in order], worth)
    assert moved == kept
    assert moved_continues == [continues[at] for at in order]


@given(given_=sequences, worth=worths, most=st.integers(0, 12))
def test_parts_hold_no_more_than_they_may_beside_the_longest_and_leave_no_sequence_out(
    given_, worth, most
):
    parts = list(parts_that_fit(given_, worth, most))
    assert sorted(row for rows, _, _ in parts for row in rows) == list(range(len(given_)))
    for rows, kept, continues in parts:
        assert (kept, continues) == shared_beginnings([given_[row] for row in rows], worth)
        assert (
            sum(len(one.tokens) for one in kept) - max((one.end for one in kept), default=0) <= most
        )
    assert len(list(parts_that_fit(given_, worth, 10**9))) == 1


def test_passages_that_do_not_fit_together_are_held_one_after_the_other_and_what_all_begin_with_is_not_counted_against_them():
    shown, passages = tuple(range(100, 150)), [tuple([number] * 30) for number in range(4)]
    given_ = [(*shown, *passage, question) for passage in passages for question in (50, 51)]
    parts = list(parts_that_fit(given_, 16, 30))
    assert [rows for rows, _, _ in parts] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert [[len(one.tokens) for one in kept] for _, kept, _ in parts] == [[50, 30, 30]] * 2
    assert len(list(parts_that_fit(given_, 16, 90))) == 1


def test_two_instructions_behind_one_shown_example_by_hand():
    shown, sort, count = (1, 2, 3), (4, 5, 6), (4, 8, 9)
    given_ = [
        (*shown, *sort, 10),
        (*shown, *count, 11),
        (*shown, *sort, 12),
        (*shown, *count),
        (*shown, 20),
    ]
    kept, continues = shared_beginnings(given_, 2)
    assert kept[:2] == [Beginning(NONE, 0, 3, shown), Beginning(0, 1, 4, (4,))]
    assert sorted(kept[2:], key=lambda one: one.tokens) == [
        Beginning(1, 2, 6, (5, 6)),
        Beginning(1, 2, 6, (8, 9)),
    ]
    assert [path(kept, at) for at in continues] == [
        shown + sort,
        shown + count,
        shown + sort,
        shown + count,
        shown,
    ]
    # the 4 that four of them share saves three tokens only
    kept, continues = shared_beginnings(given_, 4)
    assert [one.tokens for one in kept] == [shown] and continues == [0] * 5


def test_what_is_worth_too_little_by_itself_counts_for_what_lies_deeper():
    given_ = [(1, 2), (1, 2, 3, 4, 5), (1, 2, 3, 4, 6)]
    kept, continues = shared_beginnings(given_, 4)
    assert [one.tokens for one in kept] == [(1, 2)] and continues == [0, 0, 0]
    kept, continues = shared_beginnings([(1,), *given_[1:]], 4)
    assert [one.tokens for one in kept] == [(1, 2, 3, 4)] and continues == [NONE, 0, 0]


def test_sequences_that_each_continue_the_last_are_no_matter_of_depth():
    chain = list(accumulate([(token,) for token in range(2000)]))
    kept, continues = shared_beginnings(chain, 1)
    assert read(kept, continues, chain) == 2000


@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ((), (), 0),
        ((1,), (), 0),
        ((1, 2), (1, 2, 3), 2),
        ((1, 2), (2, 2), 0),
        ((1, 2, 3), (1, 2, 4), 2),
    ],
)
def test_how_much_two_sequences_have_in_common(first, second, count):
    assert shared(first, second) == shared(second, first) == count
    assert shared(first, second, count) == count
