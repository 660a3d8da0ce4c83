"""Common prefixes are found whole, save what they have to, and lose no token."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.scoring.prefixes import (
    NONE,
    Prefix,
    common_length,
    prefix_batches,
    shared_prefixes,
)

token_lists = st.lists(st.lists(st.integers(0, 2), max_size=12).map(tuple), min_size=1, max_size=20)
savings = st.sampled_from([1, 2, 3, 5, 8, 10**9])


def path(prefixes, at):
    """All tokens of a prefix, those it continues included."""
    return () if at == NONE else path(prefixes, prefixes[at].parent) + prefixes[at].tokens


def tokens_read(prefixes, continues, sequences):
    """How many tokens are read: every prefix once, and of every sequence what is left."""
    ends = [0 if at == NONE else prefixes[at].end for at in continues]
    own = sum(len(sequence) - end for sequence, end in zip(sequences, ends))
    return sum(len(prefix.tokens) for prefix in prefixes) + own


@given(sequences=token_lists, least_saved=savings)
def test_every_sequence_goes_on_from_its_prefix(sequences, least_saved):
    prefixes, continues = shared_prefixes(sequences, least_saved)
    assert len(continues) == len(sequences)
    for sequence, at in zip(sequences, continues):
        assert sequence[: len(path(prefixes, at))] == path(prefixes, at)


@given(sequences=token_lists, least_saved=savings)
def test_parents_come_first_and_a_prefix_knows_its_level_and_its_end(sequences, least_saved):
    prefixes, _ = shared_prefixes(sequences, least_saved)
    for at, prefix in enumerate(prefixes):
        assert prefix.tokens and prefix.parent < at and prefix.end == len(path(prefixes, at))
        assert prefix.level == (0 if prefix.parent == NONE else prefixes[prefix.parent].level + 1)


@given(sequences=token_lists, least_saved=savings)
def test_a_prefix_saves_what_it_has_to_and_all_together_save_that_many_times(
    sequences, least_saved
):
    prefixes, continues = shared_prefixes(sequences, least_saved)
    for at, prefix in enumerate(prefixes):
        sharing = sum(sequence[: prefix.end] == path(prefixes, at) for sequence in sequences)
        assert (sharing - 1) * len(prefix.tokens) >= least_saved
    assert tokens_read(prefixes, continues, sequences) <= sum(
        map(len, sequences)
    ) - least_saved * len(prefixes)


@given(sequences=token_lists)
def test_where_a_single_token_is_enough_to_save_each_is_read_once(sequences):
    prefixes, continues = shared_prefixes(sequences, 1)
    distinct = {
        sequence[:length] for sequence in sequences for length in range(1, len(sequence) + 1)
    }
    assert tokens_read(prefixes, continues, sequences) == len(distinct)


@given(sequences=token_lists, least_saved=savings, data=st.data())
def test_the_order_of_sequenceschanges_nothing(sequences, least_saved, data):
    order = data.draw(st.permutations(range(len(sequences))))
    prefixes, continues = shared_prefixes(sequences, least_saved)
    moved, moved_continues = shared_prefixes([sequences[at] for at in order], least_saved)
    assert moved == prefixes
    assert moved_continues == [continues[at] for at in order]


@given(sequences=token_lists, least_saved=savings, most=st.integers(0, 12))
def test_parts_hold_no_more_than_they_may_beside_the_longest_and_leave_no_sequence_out(
    sequences, least_saved, most
):
    parts = list(prefix_batches(sequences, least_saved, most))
    assert sorted(row for rows, _, _ in parts for row in rows) == list(range(len(sequences)))
    for rows, prefixes, continues in parts:
        assert (prefixes, continues) == shared_prefixes(
            [sequences[row] for row in rows], least_saved
        )
        assert (
            sum(len(prefix.tokens) for prefix in prefixes)
            - max((prefix.end for prefix in prefixes), default=0)
            <= most
        )
    assert len(list(prefix_batches(sequences, least_saved, 10**9))) == 1


def test_passages_that_do_not_fit_together_are_batched_and_their_common_prefix_is_not_counted():
    shown, passages = tuple(range(100, 150)), [tuple([number] * 30) for number in range(4)]
    sequences = [(*shown, *passage, question) for passage in passages for question in (50, 51)]
    parts = list(prefix_batches(sequences, 16, 30))
    assert [rows for rows, _, _ in parts] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    assert [[len(prefix.tokens) for prefix in prefixes] for _, prefixes, _ in parts] == [
        [50, 30, 30]
    ] * 2
    assert len(list(prefix_batches(sequences, 16, 90))) == 1


def test_two_instructions_behind_one_shown_example_by_hand():
    shown, sort, count = (1, 2, 3), (4, 5, 6), (4, 8, 9)
    sequences = [
        (*shown, *sort, 10),
        (*shown, *count, 11),
        (*shown, *sort, 12),
        (*shown, *count),
        (*shown, 20),
    ]
    prefixes, continues = shared_prefixes(sequences, 2)
    assert prefixes[0] == Prefix(NONE, 0, 3, shown)
    # two prefixes would read the 4 that four of them share: by itself it saves one token only
    assert sorted(prefixes[1:], key=lambda prefix: prefix.tokens) == [
        Prefix(0, 1, 6, sort),
        Prefix(0, 1, 6, count),
    ]
    assert [path(prefixes, at) for at in continues] == [
        shown + sort,
        shown + count,
        shown + sort,
        shown + count,
        shown,
    ]
    # where the two instructions save too little, the 4 goes with the shown example
    prefixes, continues = shared_prefixes(sequences, 4)
    assert [prefix.tokens for prefix in prefixes] == [(*shown, 4)]
    assert continues == [0, 0, 0, 0, NONE]


def test_a_prefix_that_longer_ones_read_saves_its_tokens_once_for_each_of_them():
    columns = [tuple([shown] * 9) for shown in (5, 6)]
    sequences = [(1, 2, *column, row) for column in columns for row in (7, 8, 9)]
    for least_saved, expected in ((2, [(1, 2), *columns]), (3, [(1, 2, *of) for of in columns])):
        prefixes, _ = shared_prefixes(sequences, least_saved)
        assert sorted(prefix.tokens for prefix in prefixes) == sorted(expected)


def test_what_saves_too_little_by_itself_counts_for_what_lies_deeper():
    sequences = [(1, 2), (1, 2, 3, 4, 5), (1, 2, 3, 4, 6)]
    prefixes, continues = shared_prefixes(sequences, 4)
    assert [prefix.tokens for prefix in prefixes] == [(1, 2, 3, 4)] and continues == [NONE, 0, 0]


def test_sequencesthat_each_continue_the_last_are_no_matter_of_depth():
    chain = list(accumulate([(token,) for token in range(2000)]))
    prefixes, continues = shared_prefixes(chain, 1)
    assert tokens_read(prefixes, continues, chain) == 2000


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
def test_how_much_two_sequenceshave_in_common(first, second, count):
    assert common_length(first, second) == common_length(second, first) == count
    assert common_length(first, second, count) == count
