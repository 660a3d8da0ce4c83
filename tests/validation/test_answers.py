"""Scores of generated answers, worked by hand."""

from decimal import Decimal

import pytest

from delift_core.errors import MethodUnavailable
from delift_core.validation import answers
from delift_core.validation.answers import answer_score, last_number, rouge_l, scorer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("The total is 1,234.50.", "1234.5"),
        ("#### -7", "-7"),
        ("between 10-3", "3"),
        ("it is −2 degrees", "-2"),
        ("1,2,3", "3"),
        ("2 apples and 3.25 pears", "3.25"),
        ("no number", None),
    ],
)
def test_the_last_number_of_a_text_is_read_as_written(text, number):
    assert last_number(text) == (number and Decimal(number))


def test_an_answer_whose_last_number_is_that_of_the_response_is_right_whatever_stands_beside():
    assert answer_score("So it is 12.0", "4 x 3 = 12") == 1.0
    assert answer_score("12, no, 13", "4 x 3 = 12") == 0.0
    assert answer_score("a dozen", "4 x 3 = 12") == 0.0


def test_without_a_number_the_longest_common_subsequence_of_words_decides():
    """The cat on mat: P = 4 / 5 of the answer, R = 4 / 6 of the response; F = 8 / 11."""
    assert answer_score("the cat on a mat", "The cat sat on the mat.") == pytest.approx(8 / 11)
    assert rouge_l("mat the on", "the cat") == pytest.approx(2 / 5)
    assert (rouge_l("a b", "a b"), rouge_l("", "a b")) == (1.0, 0.0)


def test_words_of_another_script_score_nothing_even_where_they_are_equal():
    assert rouge_l("спасибо", "спасибо") == 0.0


def test_without_rouge_score_the_sentence_says_what_to_install(monkeypatch):
    monkeypatch.setattr(answers, "find_spec", lambda name: None)
    scorer.cache_clear()
    with pytest.raises(MethodUnavailable, match="Run: pip install rouge-score"):
        answer_score("blue", "green")
