"""Word by word differences: the spans joined are both texts, to the last character."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.analysis.diff import Side, Span, word_diff

WORDS = st.lists(
    st.sampled_from(
        ["the", "cat", "Cat", "sat", "42", "é", ".", ",", " ", "  ", "\n", "\t", "<b>", "&"]
    ),
    max_size=25,
).map("".join)
TEXTS = st.one_of(WORDS, st.text(max_size=40))


def said(spans, side):
    return "".join(span.text for span in spans if span.side in (Side.BOTH, side))


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_both_and_left_are_the_left_text_both_and_right_the_right_one(left, right):
    spans = word_diff(left, right)
    assert said(spans, Side.LEFT) == left and said(spans, Side.RIGHT) == right


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_neighbours_are_of_different_sides_and_none_is_empty(left, right):
    spans = word_diff(left, right)
    assert all(span.text for span in spans)
    assert all(
        one.side is not other.side and not (one.side is Side.RIGHT and other.side is Side.LEFT)
        for one, other in pairwise(spans)
    )


@given(TEXTS)
def test_a_text_and_itself_differ_nowhere(text):
    assert word_diff(text, text) == ((Span(Side.BOTH, text),) if text else ())


@given(TEXTS)
def test_beside_nothing_everything_is_one_sided(text):
    assert all(span.side is Side.LEFT for span in word_diff(text, "")) and all(
        span.side is Side.RIGHT for span in word_diff("", text)
    )


@settings(deadline=None)
@given(WORDS, WORDS, WORDS)
def test_a_changed_middle_leaves_whole_lines_around_it_alone(head, one, tail):
    spans = word_diff(f"{head}\nstart {one} end\n{tail}", f"{head}\nstart quite\n{tail}")
    assert spans[0].side is Side.BOTH and spans[0].text.startswith(f"{head}\nstart")
    assert spans[-1].side is Side.BOTH and spans[-1].text.endswith(f"\n{tail}")


def test_words_are_compared_and_the_space_between_two_changes_is_part_of_the_change():
    assert word_diff("the cat sat. On it", "a dog sat on it!") == (
        Span(Side.LEFT, "the cat"),
        Span(Side.RIGHT, "a dog"),
        Span(Side.BOTH, " sat"),
        Span(Side.LEFT, ". On"),
        Span(Side.RIGHT, " on"),
        Span(Side.BOTH, " it"),
        Span(Side.RIGHT, "!"),
    )


def test_white_space_alone_can_differ():
    assert word_diff("5  km", "5 km") == (
        Span(Side.BOTH, "5"),
        Span(Side.LEFT, "  "),
        Span(Side.RIGHT, " "),
        Span(Side.BOTH, "km"),
    )
