"""Shapes of conversations: what a template may treat in another way, and nothing of the texts."""

import pytest

from delift_core.scoring.shapes import example_of, shape_of
from tests.scoring.conftest import conversation

EXCHANGE = (("user", "q"), ("assistant", "a"))


@pytest.mark.parametrize(
    ("turns", "response", "shape"),
    [
        ((("user", "q"),), "a", "ua"),
        ((("user", "q"),), "<think>\nhm\n</think>\n\na", "uA"),
        ((("system", "s"), *EXCHANGE, ("user", "q")), "a", "suaua"),
        ((("system", "s"), *EXCHANGE * 5, ("user", "q")), "a", "suaua"),
        ((("user", "q"), ("user", "q")), "a", "uua"),
        ((("user", "q"), ("assistant", "</think>a"), ("tool", "t")), "a", "uAta"),
        ((), "", "a"),
    ],
)
def test_a_shape_names_the_turns_and_a_repeated_exchange_once(turns, response, shape):
    example = conversation(*turns, response=response)
    assert shape_of(example) == shape
    assert shape_of(example_of(shape)) == shape


def test_every_turn_of_an_example_made_of_a_shape_says_something_else():
    example = example_of("suAtaua" * 3)
    texts = [turn.content for turn in example.turns] + [example.response]
    assert not any(text in other for text in texts for other in texts if text is not other)
