"""Checks: empty texts, end-of-turn markers, ids, exact duplicates."""

import pytest

from delift_core.data.example import ProblemKind
from delift_core.data.readers import read_dataset
from tests.data.sources import dataset_of, kinds


@pytest.mark.parametrize(
    "response",
    [
        "",
        "  \n",
        None,
        "\u200b\ufeff",
        "\u3164",
        "<|endoftext|>",
        " </s>\n",
        "<|im_end|>\n<|endoftext|>",
    ],
)
def test_a_response_without_anything_to_see_is_left_out(response):
    dataset = dataset_of(("a", "b"), ("c", response))
    assert len(dataset) == 1 and kinds(dataset) == [(2, ProblemKind.EMPTY)]


def test_a_source_of_empty_responses_is_a_dataset_of_problems():
    dataset = dataset_of(("a", "<|endoftext|>"), ("b", ""))
    assert len(dataset) == 0 and kinds(dataset) == [(1, ProblemKind.EMPTY), (2, ProblemKind.EMPTY)]
    assert dataset.problems[0].reason == "the response is only control tokens (<|endoftext|>)."


def test_an_empty_prompt_is_left_out():
    assert kinds(dataset_of(("a", "b"), (" ", "c"))) == [(2, ProblemKind.BROKEN)]


@pytest.mark.parametrize(
    ("written", "response"),
    [
        ("done<|endoftext|>", "done"),
        ("done </s>\n", "done "),
        ("done<|im_end|>\n<|endoftext|>", "done"),
        ("done<end_of_turn>", "done"),
    ],
)
def test_a_closing_end_of_turn_marker_is_not_part_of_the_response(written, response):
    dataset = dataset_of(("a", written))
    assert dataset[0].response == response and dataset[0].extra["response"] == written
    assert kinds(dataset) == [(1, ProblemKind.ALTERED)]


@pytest.mark.parametrize(
    "response",
    [" spaced \n", "<s>struck</s>", "</s> first", "write <eos> here", "e\u0301 is not \u00e9", "ﬁ"],
)
def test_any_other_response_stays_to_the_letter(response):
    dataset = dataset_of(("a", response))
    assert dataset[0].response == response and dataset.problems == ()


def test_ids_come_from_a_column_in_which_every_row_has_its_own():
    rows = [{"ID": 3, "prompt": "a", "response": "b"}, {"ID": "x", "prompt": "c", "response": "d"}]
    assert [example.id for example in read_dataset(rows)] == ["3", "x"]
    assert [example.id for example in dataset_of(("a", "b"), ("", "x"), ("c", "d"))] == ["1", "3"]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ("x", "the id column 'id' repeats 'x' of row 1, so row numbers are used as ids."),
        (None, "the id column 'id' is empty in this row, so row numbers are used as ids."),
    ],
)
def test_an_id_column_that_cannot_be_used_is_reported(second, reason):
    dataset = read_dataset(
        [
            {"id": "x", "prompt": "a", "response": "b"},
            {"id": second, "prompt": "c", "response": "d"},
        ]
    )
    assert [example.id for example in dataset] == ["1", "2"]
    assert [(problem.row, problem.reason) for problem in dataset.problems] == [(2, reason)]


def test_the_first_of_exact_duplicates_is_kept():
    dataset = dataset_of(("a", "b"), ("a", "c"), ("a", "b"), ("a", "b"))
    assert [example.row for example in dataset] == [1, 2] and dataset.collapsed == {}
    assert kinds(dataset) == [(3, ProblemKind.EXACT_DUPLICATE), (4, ProblemKind.EXACT_DUPLICATE)]
    assert dataset.problems[1].reason == "the same prompt and response as row 1; it is left out."


def test_keep_reports_duplicates_and_keeps_them():
    dataset = dataset_of(("a b", "b"), ("a b", "b"), ("A b.", "b"), near_duplicates="keep")
    assert [example.row for example in dataset] == [1, 2, 3] and dataset.collapsed == {}
    assert {kind for _, kind in kinds(dataset)} == {
        ProblemKind.EXACT_DUPLICATE,
        ProblemKind.NEAR_DUPLICATE,
    }
