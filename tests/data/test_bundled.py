"""The demo data is what its truth file says it is."""

import csv
from collections import Counter
from importlib.resources import files

import pytest

from delift_core.data.example import ProblemKind
from delift_core.data.readers import read_dataset

FOLDER = files("delift_core.data.bundled")


@pytest.fixture(scope="module")
def truth():
    with (FOLDER / "truth.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_pool_has_160_examples_in_8_topics():
    pool = read_dataset(FOLDER / "pool.jsonl", near_duplicates="keep")
    topics = Counter(example.extra["topic"] for example in pool)
    assert len(pool) == 160 and len(topics) == 8 and min(topics.values()) >= 18


def test_the_near_duplicates_found_are_exactly_the_planted_ones(truth):
    pool = read_dataset(FOLDER / "pool.jsonl")
    collapsed = {
        (duplicate.id, key) for key, group in pool.collapsed.items() for duplicate in group
    }
    assert collapsed == {(row["id"], row["of"]) for row in truth if row["kind"] == "near_duplicate"}
    assert len(collapsed) == 14 and {problem.kind for problem in pool.problems} == {
        ProblemKind.NEAR_DUPLICATE
    }


def test_twelve_wrong_answers_are_planted_in_distinct_examples(truth):
    wrong = {row["id"] for row in truth if row["kind"] == "wrong_answer"}
    doubled = {
        name for row in truth if row["kind"] == "near_duplicate" for name in (row["id"], row["of"])
    }
    pool = {
        example.id: example
        for example in read_dataset(FOLDER / "pool.jsonl", near_duplicates="keep")
    }
    assert len(wrong) == 12 and not wrong & doubled and wrong <= set(pool)
    assert len({pool[name].extra["topic"] for name in wrong}) >= 6


def test_every_planted_sum_is_wrong_and_every_other_sum_is_right(truth):
    planted = {row["id"] for row in truth if row["kind"] == "wrong_answer"}
    for example in read_dataset(FOLDER / "pool.jsonl", near_duplicates="keep"):
        equation, _, answer = example.response.partition(". The answer is ")
        if example.extra["topic"] == "arithmetic" and example.id not in planted:
            formula, _, result = (
                equation.replace("×", "*").replace("÷", "/").replace("−", "-").partition(" = ")
            )
            assert eval(formula, {"__builtins__": {}}) == float(result.split(",")[0]), (
                example.response
            )
            assert float(answer.strip(".")) == float(result)


@pytest.mark.parametrize("role", ["target", "known"])
def test_target_and_known_have_20_clean_examples_that_are_not_in_the_pool(role):
    dataset = read_dataset(FOLDER / f"{role}.jsonl")
    pool = read_dataset(FOLDER / "pool.jsonl", near_duplicates="keep")
    assert len(dataset) == 20 and not dataset.problems
    assert not {example.prompt for example in dataset} & {example.prompt for example in pool}


def test_a_person_reads_an_example_at_a_glance():
    lengths = sorted(
        len((example.prompt + " " + example.response).split())
        for example in read_dataset(FOLDER / "pool.jsonl")
    )
    assert lengths[len(lengths) // 2] <= 30
