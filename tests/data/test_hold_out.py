"""Held-out examples: the split of a pool, and what of them the pool repeats."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.data.example import Dataset, Example, ProblemKind, Turn
from delift_core.data.hold_out import hold_out, largest_remainders, without_repeats
from delift_core.data.near_duplicates import near_duplicates
from delift_core.data.readers import read_dataset
from delift_core.errors import InvalidConstraint, InvalidHoldOut, NoExamples

WORDS = [
    "copper",
    "lantern",
    "violin",
    "harbour",
    "meadow",
    "thunder",
    "walnut",
    "canyon",
    "ribbon",
    "glacier",
]


def example(number, topic="sums", text=None):
    """An example that no other of these nearly repeats, unless it has the same text."""
    text = text or f"Question {number} on {WORDS[number % 10]}"
    extra = {"topic": topic}
    return Example(f"id{number}", text, f"Answer {text}", (Turn("user", text),), extra, number + 1)


def pool_of(topics):
    return Dataset(tuple(example(number, topic) for number, topic in enumerate(topics)))


def ids(dataset):
    return [example.id for example in dataset]


pools = st.lists(st.sampled_from("abcd"), min_size=2, max_size=40).map(pool_of)


@given(pools, st.data(), st.integers(0, 5))
def test_a_split_is_a_partition_in_the_order_of_the_pool(pool, data, seed):
    count = data.draw(st.integers(1, len(pool) - 1))
    rest, held_out = hold_out(pool, count, "topic", seed)
    assert len(held_out) == count and not set(ids(rest)) & set(ids(held_out))
    assert ids(rest) == [id for id in ids(pool) if id in set(ids(rest))]
    assert sorted(ids(rest) + ids(held_out)) == sorted(ids(pool))
    assert ids(held_out) == [id for id in ids(pool) if id in set(ids(held_out))]


@given(pools, st.data(), st.integers(0, 5))
def test_every_group_keeps_its_share_to_within_one_example(pool, data, seed):
    count = data.draw(st.integers(1, len(pool) - 1))
    _, held_out = hold_out(pool, count, "topic", seed)
    whole = Counter(example.extra["topic"] for example in pool)
    parts = Counter(example.extra["topic"] for example in held_out)
    for topic, size in whole.items():
        assert abs(parts[topic] - count * size / len(pool)) < 1


@given(pools, st.data())
def test_a_permuted_pool_gives_the_same_examples(pool, data):
    count = data.draw(st.integers(1, len(pool) - 1))
    permuted = replace(pool, examples=tuple(data.draw(st.permutations(pool.examples))))
    _, held_out = hold_out(pool, count, "topic", 3)
    _, of_permuted = hold_out(permuted, count, "topic", 3)
    assert set(ids(of_permuted)) == set(ids(held_out))


def test_the_same_seed_gives_the_same_split_and_another_seed_another():
    pool = pool_of("abcd" * 10)
    assert hold_out(pool, "20%", seed=1) == hold_out(pool, 0.2, seed=1)
    assert ids(hold_out(pool, 8, seed=1)[1]) != ids(hold_out(pool, 8, seed=2)[1])


@given(st.dictionaries(st.text("abc", max_size=3), st.integers(1, 30), min_size=1), st.data())
def test_largest_remainders_add_up_and_never_take_more_than_a_group_has(sizes, data):
    count = data.draw(st.integers(0, sum(sizes.values())))
    quotas = largest_remainders(sizes, count)
    assert sum(quotas.values()) == count
    assert all(0 <= quotas[label] <= size for label, size in sizes.items())


def test_largest_remainders_by_hand():
    """3 of 5, 3 and 2 examples out of 10 are 1.5, .9 and .6: the last two have the most left."""
    assert largest_remainders({"a": 5, "b": 3, "c": 2}, 3) == {"a": 1, "b": 1, "c": 1}
    assert largest_remainders({"b": 1, "a": 1}, 1) == {"b": 0, "a": 1}


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        ("0", "leaves 10 of the 10 pool examples to choose from and 0 held out"),
        ("10", "leaves 0 of the 10 pool examples"),
        ("100%", "'100%' is no share of the pool between nothing and all of it"),
        ("0%", "'0%' is no share"),
        ("1.0", "'1.0' is no share"),
        ("many", "Give a share (20%, 0.2) or a number of examples (40)."),
        (-3, "'-3' is no share"),
    ],
)
def test_an_amount_that_leaves_one_part_empty_or_is_none_is_refused(amount, said):
    with pytest.raises(InvalidHoldOut) as refusal:
        hold_out(pool_of("ab" * 5), amount)
    assert said in str(refusal.value)


def test_a_small_share_sets_one_example_aside():
    assert len(hold_out(pool_of("ab" * 5), "1%")[1]) == 1


def test_an_unknown_group_field_is_refused_with_those_there_are():
    with pytest.raises(InvalidConstraint, match="no field 'subject' to group by. Fields are topic"):
        hold_out(pool_of("ab" * 5), "20%", "subject")


def test_both_parts_say_how_they_came_about():
    rows = [{"prompt": f"Name {word}", "response": word, "topic": "x"} for word in WORDS]
    rest, held_out = hold_out(read_dataset(rows), "20%", "topic", 7)
    for part in (rest, held_out):
        assert part.read_record.hold_out.sentence == (
            "2 of 10 set aside as held-out (20%, by topic, seed 7)"
        )
        assert part.read_record.from_json(part.read_record.as_json) == part.read_record


def test_duplicates_stay_with_the_example_that_stands_for_them():
    rows = [{"prompt": f"Name {word}", "response": word} for word in [*WORDS, WORDS[0]]]
    pool = read_dataset(
        [{**row, "prompt": row["prompt"] + end} for row in rows for end in ("", "!")]
    )
    assert len(pool) == len(WORDS) and pool.collapsed
    rest, held_out = hold_out(pool, "50%")
    assert {**rest.collapsed, **held_out.collapsed} == pool.collapsed
    assert set(rest.collapsed) <= set(ids(rest)) and set(held_out.collapsed) <= set(ids(held_out))


def test_a_held_out_example_that_the_pool_repeats_is_dropped_and_told_by_id_and_row():
    pool = pool_of("abc")
    held_out = Dataset(
        (
            replace(example(8), id="other"),
            replace(example(1, text=pool[1].prompt.upper()), id="copy", row=9),
        )
    )
    held_out = replace(
        held_out, examples=(held_out[0], replace(held_out[1], response=pool[1].response))
    )
    apart = without_repeats(held_out, pool)
    assert ids(apart) == ["other"] and apart.counts == {ProblemKind.IN_POOL: 1}
    (problem,) = apart.problems
    assert problem.row == 9 and problem.reason == (
        "id copy: nearly the same prompt and response as row 2 (id id1) of the pool; it is not"
        " held out."
    )


def test_what_the_target_repeats_is_dropped_from_a_file_and_from_a_share_of_the_pool():
    pool, target = pool_of("abc"), Dataset((replace(example(7), id="task", row=4),))
    held_out = Dataset((example(6), example(7), example(0)))
    apart = without_repeats(held_out, pool, target)
    assert ids(apart) == ["id6"]
    assert apart.counts == {ProblemKind.IN_POOL: 1, ProblemKind.IN_TARGET: 1}
    assert "as row 4 (id task) of the target; it is not held out." in apart.problems[1].reason
    aside = hold_out(pool, 2)[1]
    apart = hold_out(pool, 2, target=Dataset((replace(aside[0], id="task"),)))[1]
    assert ids(apart) == ids(aside)[1:] and apart.counts == {ProblemKind.IN_TARGET: 1}


def test_a_duplicate_that_the_pool_collapsed_counts_as_well():
    pool = replace(pool_of("ab"), collapsed={"id0": (example(5),)})
    apart = without_repeats(Dataset((replace(example(5), id="x"), example(7))), pool)
    assert ids(apart) == ["id7"] and "row 6 (id id5) of the pool" in apart.problems[0].reason


def test_every_example_of_the_pool_is_compared_not_only_the_first_of_its_kind():
    """Nearness is no equivalence: the second may be near where the first is not."""
    words = " ".join(WORDS)
    texts = [f"{words} {words} {end}" for end in ("a", "a b", "a b c", "a b c d", "a b c d e")]
    pool = Dataset(tuple(example(number, text=text) for number, text in enumerate(texts[:-1])))
    held_out = Dataset((replace(example(4, text=texts[-1]), id="last"), example(9)))
    assert near_duplicates(pool.examples) == {1: 0, 2: 0}
    assert "row 3 (id id2)" in without_repeats(held_out, pool).problems[0].reason


def test_held_out_examples_that_the_pool_repeats_one_and_all_are_refused():
    pool = pool_of("abc")
    with pytest.raises(NoExamples, match=r"every held-out example repeats one .* \(row 1: id id0"):
        without_repeats(pool, pool)


@given(pools)
def test_what_is_kept_repeats_nothing_and_comes_as_it_was(pool):
    rest, held_out = hold_out(pool, 1)
    assert without_repeats(held_out, rest) == held_out
