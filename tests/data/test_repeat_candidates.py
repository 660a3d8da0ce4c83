"""Only some examples are compared word by word: never one too few."""

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.data.example import Example, Turn
from delift_core.data.near_duplicates import is_near, near_duplicates
from delift_core.data.repeat_candidates import may_repeat
from delift_core.data.rough_words import kind_table, rough_words
from delift_core.data.word_edits import folded_text

WORDS = (
    *("the", "river", "rises", "in", "northern", "hills", "and", "runs", "past", "three", "old"),
    *("mills", "before", "meeting", "sea", "it's", "don't", "colour", "color", "12", "3.5", "+"),
    *("=", "naïve", "東京", "ไทย", "straße", "Ünlü", "²", "_x", "a.b", "'quoted'", "“said”", "x’y"),
    "!",
)
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=24).map(" ".join)


def example(prompt, response, row=1):
    return Example(str(row), prompt, response, (Turn("user", prompt),), row=row)


def edited(text, rng):
    """The text with a few words dropped, added, written in capitals or closed by a full stop."""
    words = text.split(" ")
    for _ in range(rng.randint(0, 3)):
        place = rng.randrange(len(words))
        change = rng.choice(("drop", "add", "capitals", "stop", "spaces", "letter"))
        if change == "drop" and len(words) > 1:
            del words[place]
        elif change == "add":
            words.insert(place, rng.choice(WORDS))
        elif change == "capitals":
            words[place] = words[place].upper()
        elif change == "stop":
            words[place] += "."
        elif change == "spaces":
            words[place] += "  "
        else:
            words[place] += "s"
    return " ".join(words)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(texts, texts), min_size=1, max_size=6), st.randoms())
def test_examples_that_are_near_duplicates_are_among_those_compared(pairs, rng):
    pairs = [*pairs, *((edited(prompt, rng), edited(response, rng)) for prompt, response in pairs)]
    examples = [example(*pair, row) for row, pair in enumerate(pairs, 1)]
    folded = [tuple(map(folded_text, pair)) for pair in pairs]
    compared = set(may_repeat(examples))
    for later in range(len(pairs)):
        for earlier in range(later):
            if is_near(folded[earlier], folded[later]):
                assert {earlier, later} <= compared


def test_of_texts_at_random_nearly_none_is_compared():
    rng = random.Random(0)
    letters = "abcdefghijklmnopqrstuvwxyz"
    vocabulary = ["".join(rng.choices(letters, k=6)) for _ in range(3000)]
    rows = [" ".join(rng.choices(vocabulary, k=60)) for _ in range(400)]
    examples = [example(text, text[::-1], row) for row, text in enumerate(rows, 1)]
    assert len(may_repeat(examples)) < 20
    examples.append(example(rows[7].replace(" ", "  ").upper(), rows[7][::-1], 401))
    assert near_duplicates(examples) == {400: 7}


def test_words_are_those_of_the_folded_text_but_for_symbols():
    for text in (*WORDS, "It’s  a “test”, isn't it? 3.5 kg", "a''b", "'a", "天气 怎么样？", ""):
        words = [word for word in folded_text(text).words if any(map(str.isalnum, word))]
        assert len(next(rough_words([text])).hashes) == len(words), text


def test_a_word_has_one_hash_wherever_it_stands():
    alone = next(rough_words(["river"])).hashes[0]
    for text in ("River", "the river", "x" * 1000 + " RIVER, 7", "é river", "東京river"):
        assert alone in next(rough_words(["first text", text])).hashes


def test_kinds_of_ascii_are_the_first_of_all_kinds():
    np.testing.assert_array_equal(kind_table(128), kind_table(0x110000)[:128])


def test_texts_without_a_word_and_without_anything_are_read():
    assert may_repeat([]) == []
    assert may_repeat([example("+ -", "="), example("", "")]) == [0, 1]
