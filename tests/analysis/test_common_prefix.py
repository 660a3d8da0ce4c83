"""The common prefix: whatever the order, in whole words, only where it hides what follows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.analysis.common_prefix import LONG, common_prefix

TASK = "Put the concepts together to form a sentence:\n"


def test_what_nine_texts_in_ten_begin_with_is_found_among_strangers():
    texts = [
        f"{TASK}{word}, dog"
        for word in ("cat", "car", "canoe", "cake", "call", "camp", "can", "cap", "card")
    ]
    # not the "ca" of all of them: words stay whole
    assert common_prefix([*texts, "Anything else"]) == TASK
    assert common_prefix([*texts, "Anything else", "And more"]) == ""


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["One text alone, however long it may be."],
        ["Short: a", "Short: b"],
        ["", "", ""],
        ["x" * 50] * 3,
    ],
)
def test_without_a_long_beginning_in_common_nothing_is_left_out(texts):
    assert common_prefix(texts) == ""


@given(
    st.lists(st.text("ab ", max_size=4), min_size=2, max_size=12), st.integers(0, 1), st.randoms()
)
def test_every_text_but_one_in_ten_begins_so(endings, strangers, random):
    texts = [f"{'Begin alike, as many do. '}{ending}" for ending in endings] + [
        "stranger"
    ] * strangers
    random.shuffle(texts)
    prefix = common_prefix(texts)
    assert (
        prefix == ""
        or len(prefix) >= LONG
        and sum(text.startswith(prefix) for text in texts) >= 0.9 * len(texts)
    )
    assert prefix or len(endings) < 9 * strangers
