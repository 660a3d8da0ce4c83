"""The pair that is tested first is of two examples that are alike and do not say the same."""

import numpy as np

from delift_core.analysis.telling_pair import LOOKED_AT, telling_pair
from delift_core.data.example import Example, Turn
from delift_core.runs.store import bundled_run

ROWS = [
    ("Name the capital of Peru.", "Lima"),
    ("Boil an egg, how long?", "Ten minutes for a hard one"),
    ("Sum up the tale of the fox and the grapes.", "He could not reach them"),
    ("Name the capital of Japan.", "Tokyo"),
]


def examples(rows):
    return [
        Example(str(row), prompt, response, (Turn("user", prompt),))
        for row, (prompt, response) in enumerate(rows)
    ]


def test_the_examples_that_share_the_rarest_words_are_paired():
    assert set(telling_pair(examples(ROWS))) == {0, 3}


def test_two_examples_with_the_same_response_tell_nothing():
    rows = [*ROWS[:3], ("Name the capital of Peru, please.", "Lima"), *ROWS[3:]]
    answered, shown = telling_pair(examples(rows))
    assert rows[answered][1] != rows[shown][1] and 4 in (answered, shown)


def test_embeddings_count_where_there_are_some():
    embeddings = np.eye(4, dtype=np.float32)
    embeddings[2] = (0, 0.6, 0.8, 0)
    assert set(telling_pair(examples(ROWS), embeddings)) == {1, 2}


def test_few_examples_and_examples_without_a_common_word_are_paired_too():
    assert telling_pair(examples(ROWS[:1])) == (0, 0)
    assert telling_pair(examples([("a", "b"), ("c", "d"), ("e", "f")])) == (0, 1)
    assert telling_pair(examples([("", "1"), ("", "2")])) == (0, 1)


def test_of_the_demo_it_is_a_pair_of_one_topic():
    pool = bundled_run().pool
    answered, shown = telling_pair(pool.examples)
    assert answered != shown and pool[answered].extra["topic"] == pool[shown].extra["topic"]


def test_of_a_large_pool_an_even_part_is_compared():
    many = examples([(f"Say number {row}", str(row)) for row in range(2 * LOOKED_AT)])
    answered, shown = telling_pair(many)
    assert answered != shown and max(answered, shown) < len(many)
