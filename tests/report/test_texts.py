"""Text is cut to a known size and stays legible to the last character."""

from html import escape

from hypothesis import given
from hypothesis import strategies as st

from delift_core.report.texts import cut, cut_to_share, opening_line, page_bytes, with_pictures

ANY = st.text(st.characters(exclude_categories=()) | st.sampled_from("<&\"'\x00\x1b\ud800漢"))


@given(ANY, st.integers(3, 60))
def test_a_cut_text_is_a_beginning_and_never_weighs_more_than_allowed(text, most):
    kept = cut(text, most)
    assert page_bytes(kept) == len(escape(kept).encode()) <= most
    assert with_pictures(text).startswith(kept.removesuffix("…")) and (
        kept.endswith("…") or kept == with_pictures(text)
    )


@given(ANY)
def test_every_text_can_be_written_and_only_what_cannot_be_seen_is_changed(text):
    shown = with_pictures(text)
    shown.encode()
    assert with_pictures(shown) == shown and not set(shown) & {
        chr(code) for code in range(32) if code not in (9, 10, 13)
    }
    if all(
        ord(letter) >= 32 and letter != "\x7f" and not 0xD800 <= ord(letter) < 0xE000
        for letter in text
    ):
        assert shown == text


def test_control_characters_are_pictures_and_lone_surrogates_are_spelled():
    assert with_pictures("a\x00b\x1b\x7f\ud800\tc\n") == "a␀b␛␡\\ud800\tc\n"


@given(st.lists(ANY, max_size=20), st.integers(60, 400))
def test_texts_that_share_a_budget_keep_to_it_together(texts, budget):
    assert sum(map(page_bytes, cut_to_share(texts, budget, 10_000))) <= budget


def test_the_first_line_is_the_first_that_says_something():
    assert opening_line("\n  \n  one \ntwo") == "one" and opening_line(" \n") == ""
