"""What a tried pair shows of its tokens."""

import pytest

from delift_core.data.example import Example, Turn
from delift_core.scoring.pair_trace import trace_pair
from delift_core.scoring.pairs import scorer_for


def example(prompt, response):
    return Example(prompt, prompt, response, (Turn("user", prompt),))


@pytest.mark.parametrize("tokenizer", ["bytes", "metaspace"])
@pytest.mark.parametrize(
    "response",
    [
        "blue",
        "Grüße an 東京 \N{ROCKET}!",
        "two\n\nlines  and spaces ",
        "\N{REPLACEMENT CHARACTER}",
        "שלום",
    ],
)
def test_the_pieces_of_the_tokens_are_the_response_even_where_characters_take_several(
    tiny, tokenizer, response
):
    trial = trace_pair(
        scorer_for(tiny(tokenizer=tokenizer), "chat"),
        example("Say it", response),
        example("Name a colour", "green"),
    )
    assert "".join(trial.pieces) == trial.alone.response == trial.shown.response
    assert (
        len(trial.pieces)
        == len(trial.alone.log_probabilities)
        == len(trial.shown.log_probabilities)
        == trial.response_tokens
    )
