"""Scores of a generated answer beside the response of a held-out example, from 0 to 1."""

import re
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from delift_core.errors import MethodUnavailable

if TYPE_CHECKING:
    from rouge_score.rouge_scorer import RougeScorer

# A sign is none behind a word: 10-3 ends in 3.
NUMBER = re.compile(r"(?:(?<![\w)])[-−])?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?")


def answer_score(answer: str, response: str) -> float:
    """Whether the last numbers are equal, where the response holds one; else ROUGE-L.

    Raises MethodUnavailable where ROUGE-L is needed and rouge-score is not installed.
    """
    expected = last_number(response)
    if expected is None:
        return rouge_l(answer, response)
    return float(last_number(answer) == expected)


def last_number(text: str) -> Decimal | None:
    """The last number of a text, None where it holds none; 1,234.50 is 1234.5."""
    numbers = NUMBER.findall(text)
    if not numbers:
        return None
    return Decimal(numbers[-1].replace(",", "").replace("−", "-"))


def rouge_l(answer: str, response: str) -> float:
    """2 P R / (P + R) of the longest common subsequence of words, by the package rouge-score.

    P, R: its share of the words of the answer, and of the response. Words are runs of the letters
    a to z and digits; a text in another script has none and gets 0.
    """
    return float(scorer().score(response, answer)["rougeL"].fmeasure)


@cache
def scorer() -> "RougeScorer":
    """The scorer of rouge-score, without stemming. Raises MethodUnavailable."""
    if find_spec("rouge_score") is None:
        raise MethodUnavailable(
            "Scores of generated answers need the package rouge-score, which is not installed."
            " Run: pip install rouge-score"
        )
    from rouge_score.rouge_scorer import RougeScorer

    return RougeScorer(["rougeL"])
