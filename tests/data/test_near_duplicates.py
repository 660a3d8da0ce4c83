"""Near-duplicates: those that say the same twice, and nothing else."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.data.example import ProblemKind
from delift_core.data.near_duplicates import BUCKET, is_near, signatures
from delift_core.data.word_edits import folded_text
from tests.data.sources import dataset_of

LONG = "The river rises in the northern hills and runs past three old mills before it meets the sea"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Name a colour.", "Blue"), ("name  a colour", "blue.")),
        (("Say “hello”", "It’s me"), ('say "hello"', "It's me")),
        (("What is 2 + 2?", "4"), ("What is 2 + 2 ", "4.")),
        (("Where does it rise?", LONG), ("Where does it rise?", LONG.replace("old ", ""))),
        (
            ("Please describe the colour of the whole long river", LONG),
            ("Please describe the color of the whole long river", LONG),
        ),
        (
            ("Describe for me the whole of the long river", LONG),
            ("Please describe for me the whole of the long river", LONG),
        ),
        (("天气怎么样？", "今天天气很好"), ("天气怎么样", "今天天气很好。")),
    ],
)
def test_examples_that_say_the_same_twice_collapse_onto_the_first(first, second):
    dataset = dataset_of(("Something else", "altogether"), first, second)
    assert [example.row for example in dataset] == [1, 2]
    assert [example.row for example in dataset.collapsed["2"]] == [3]
    assert [(problem.row, problem.kind, problem.reason) for problem in dataset.problems] == [
        (
            3,
            ProblemKind.NEAR_DUPLICATE,
            "nearly the same prompt and response as row 2 (id 2); that one stands for both.",
        )
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("What is 801 * 800?", "640800"), ("What is 802 * 800?", "641600")),
        (("What is 3 - 5?", "-2"), ("What is 5 - 3?", "2")),
        (("What is 6 * 2?", "12"), ("What is 6 + 2?", "12")),
        (("What is the capital of France?", "Paris"), ("What is the capital of Spain?", "Madrid")),
        (
            ("Is Maria mentioned in this rather long sentence about people?", "yes"),
            ("Is Mario mentioned in this rather long sentence about people?", "yes"),
        ),
        ((f"{LONG}.\nIs Ann there?", "yes"), (f"{LONG}.\nIs Bob there?", "yes")),
        ((f"{LONG}.\nWho came?", LONG), (f"{LONG}.\nWho came back?", LONG)),
        ((LONG, "yes"), (LONG.replace("old ", ""), "yes")),
        (("Where?", LONG), ("Where?", LONG.replace("river", "canal"))),
        (("Where?", LONG), ("Where?", LONG.replace("rises", "never rises"))),
        (("Where?", LONG), ("Where?", LONG.replace("three", "3"))),
        (("Is this balanced: (())", "yes"), ("Is this balanced: ()()", "yes")),
        (("Read the grid\n..#\n#..", "one"), ("Read the grid\n#..\n..#", "one")),
        (("Feel 😀", "fine"), ("Feel 😢", "fine")),
        (("泰国的首都是哪里", "曼谷"), ("法国的首都是哪里", "巴黎")),
        (("ไก่อยู่ที่ไหน", "บ้าน"), ("ไข่อยู่ที่ไหน", "บ้าน")),
    ],
)
def test_examples_that_differ_in_what_they_say_are_never_merged(first, second):
    dataset = dataset_of(first, second)
    assert len(dataset) == 2 and dataset.problems == ()


def test_templated_data_stays_whole():
    rows = [
        (f"Compute {a} * {b} and give only the result, please, without any words", str(a * b))
        for a in range(20, 40)
        for b in range(20, 40)
    ]
    names = [
        f"{first}{last}"
        for first in ("An", "Mar", "Tin", "Jo", "Le")
        for last in ("na", "ia", "io", "a", "ne")
    ]
    rows += [
        (f"Is {name} the name of a person in the story that we have all been reading?", "yes")
        for name in names
    ]
    assert len(dataset_of(*rows)) == len(rows)


def test_a_chain_of_small_changes_collapses_only_onto_examples_near_the_first():
    responses = [LONG, f"So {LONG}", f"And so {LONG}", f"Well and so {LONG}"]
    dataset = dataset_of(*(("Where does the river rise?", response) for response in responses))
    assert [example.row for example in dataset] == [1, 4]
    assert [example.row for example in dataset.collapsed["1"]] == [2, 3]


trees = st.lists(
    st.sampled_from(
        ["alder", "birch", "cedar", "elm", "fir", "hazel", "larch", "maple", "oak", "pine"]
    ),
    min_size=8,
    max_size=30,
)


def test_being_near_does_not_depend_on_which_comes_first():
    draw, words = random.Random(5), ["alder", "birch", "elm"]
    for _ in range(2000):
        line = draw.choices(words, k=draw.randrange(8, 24))
        other = list(line)
        other.insert(draw.randrange(len(other)), "indeed")
        other.pop(draw.randrange(len(other)))
        prompt = folded_text("Name them.")
        pair, changed = ((prompt, folded_text(" ".join(text))) for text in (line, other))
        assert is_near(pair, changed) == is_near(changed, pair)


@settings(max_examples=200, deadline=None)
@given(trees, trees, st.randoms(use_true_random=False))
def test_near_duplicates_always_share_a_signature(prompt, response, draw):
    """The index loses nothing: whatever `is_near` accepts meets in a bucket."""

    def edited(words):
        words = list(words)
        for _ in range(draw.randrange(3)):
            if draw.random() < 0.5:
                words.insert(draw.randrange(len(words) + 1), draw.choice(["indeed", "oak"]))
            else:
                words.pop(draw.randrange(len(words)))
        return words

    pair = folded_text(" ".join(prompt)), folded_text(" ".join(response))
    other = folded_text(" ".join(edited(prompt))), folded_text(" ".join(edited(response)))
    if is_near(pair, other):
        assert is_near(other, pair)
        assert pair == other or set(signatures(pair, Counter())) & set(signatures(other, Counter()))


def test_the_result_depends_on_the_rows_alone():
    draw = random.Random(0)
    rows = [
        (" ".join(draw.choices(LONG.split(), k=12)), " ".join(draw.choices(LONG.split(), k=12)))
        for _ in range(BUCKET * 4)
    ]
    rows += [(prompt.upper(), response) for prompt, response in rows[::7]]
    first, second = dataset_of(*rows), dataset_of(*rows)
    assert first.fingerprint == second.fingerprint and first.problems == second.problems
    assert sum(map(len, first.collapsed.values())) >= len(rows[: BUCKET * 4 : 7])
