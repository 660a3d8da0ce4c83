"""A form of columns begins with what they probably are."""

import pytest

from delift_core.data.mapping_guess import guessed_mapping


@pytest.mark.parametrize(
    "row, guess",
    [
        ({"foo": "Say 1", "bar": "It is 1"}, {"prompt": "foo", "response": "bar"}),
        ({"answer": "4", "Question": "2+2?"}, {"prompt": "Question", "response": "answer"}),
        (
            {"id": 7, "task": "Sum up", "text": "Long ago", "Out-put": "Short"},
            {"prompt": "task", "response": "Out-put"},
        ),
        (
            {"system_prompt": "Be brief", "q": "Hi?", "a": "Yes"},
            {"prompt": "q", "response": "a", "system": "system_prompt"},
        ),
        ({"text": "Only one"}, {"response": "text"}),
        ({"n": 1, "list": ["x"], "empty": " "}, {}),
    ],
)
def test_names_count_first_then_the_order_of_texts(row, guess):
    assert guessed_mapping(list(row), [row]) == guess


def test_without_rows_nothing_is_guessed():
    assert guessed_mapping(["prompt", "response"], []) == {}
