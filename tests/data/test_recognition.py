"""Recognition: layouts follow from the values of all rows and are never silently mixed."""

import pytest

from delift_core.data.example import Turn
from delift_core.data.readers import read_dataset
from delift_core.data.row_layouts.register import LAYOUTS
from delift_core.errors import UnknownFormat
from tests.data.sources import example_of


def test_a_row_that_does_not_fit_is_a_problem_that_names_what_it_lacks():
    rows = [
        {"instruction": f"say {letter}", "output": letter}
        for letter in "abcdefghijklmnopqrstuvwxyz"
    ]
    dataset = read_dataset(
        [
            *rows,
            {"instruction": "x"},
            {"instruction": "x", "output": ["y"]},
            {"input": "q", "output": "z"},
        ]
    )
    assert len(dataset) == 26 and dataset.format == "Alpaca, 26 of 29 rows"
    assert [(problem.row, problem.reason) for problem in dataset.problems] == [
        (
            27,
            (
                "the row does not read as Alpaca, which needs instruction and output; it has"
                " instruction."
            ),
        ),
        (
            28,
            (
                "the row does not read as Alpaca, which needs instruction and output; it has"
                " instruction, output (a list)."
            ),
        ),
        (
            29,
            (
                "the row reads as input/output, unlike the others, which are Alpaca; it has input,"
                " output."
            ),
        ),
    ]


def test_two_layouts_in_one_file_are_both_read_and_both_named():
    rows = [
        {"instruction": "i", "output": "o"},
        {"question": "q", "answer": "a"},
        {"instruction": "j", "output": "p"},
    ]
    dataset = read_dataset(rows)
    assert [example.prompt for example in dataset] == ["i", "q", "j"] and dataset.problems == ()
    assert dataset.format == "Alpaca, 2 of 3 rows; question/answer, 1 of 3 rows"


def test_an_explicit_mapping_wins():
    row = {"prompt": "p", "response": "r", "q": "Q", "a": 7, "s": "S", "key": "k"}
    example = example_of(
        row, columns={"prompt": ["prompt", "q"], "response": "a", "system": "s", "id": "key"}
    )
    assert (example.id, example.prompt, example.response) == ("k", "S\n\np\nQ", "7")
    assert example.turns == (Turn("system", "S"), Turn("user", "p\nQ")) and example.extra == row


def test_a_mapping_of_the_id_alone_leaves_recognition_to_the_values():
    example = example_of(
        {"prompt": "p", "response": "r", "id": "1", "key": "k"}, columns={"id": "key"}
    )
    assert (example.id, example.prompt) == ("k", "p")


def test_a_named_format_reads_nothing_else():
    rows = [
        {"question": "q", "answer": "a"},
        {"prompt": "p", "response": "r"},
        {"prompt": "s", "response": "t"},
    ]
    dataset = read_dataset(rows, format="Question/Answer")
    assert [example.prompt for example in dataset] == ["q"] and [
        problem.row for problem in dataset.problems
    ] == [2, 3]


def test_preference_pairs_are_refused_rather_than_half_read():
    with pytest.raises(UnknownFormat, match="Columns are prompt, chosen, rejected"):
        read_dataset([{"prompt": "p", "chosen": "c", "rejected": "r"}])


def test_every_layout_has_a_name_of_its_own():
    names = [layout.name.casefold() for layout in LAYOUTS]
    assert len(set(names)) == len(names)
    assert {"alpaca", "sharegpt", "openai messages", "squad"} < set(names)
