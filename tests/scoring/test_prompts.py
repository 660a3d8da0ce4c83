"""What the model is given to read: one fixed answer, a prompt that differs by the shown example
only, tokens as of one text.
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.scoring.vocabulary import Vocabulary
from tests.scoring.conftest import is_insertion, written

SETUPS = [
    (chat, tokenizer, "chat")
    for chat in ("chatml", "inst", "strict")
    for tokenizer in ("bytes", "metaspace")
]
SETUPS += [
    ("none", tokenizer, template)
    for tokenizer in ("bytes", "bytes-opened", "metaspace")
    for template in ("plain", "paper")
]


CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


pieces = st.sampled_from(
    [
        "a",
        "4",
        "Blue",
        "colour",
        " is",
        "é",
        "😀",
        "\n",
        "\n\n",
        " ",
        "   ",
        "\t",
        "\r\n",
        ".",
        "</s>",
        "<|",
        "|>",
        "[INST]",
        "'s",
    ]
)


texts = st.one_of(
    st.lists(pieces, max_size=8).map("".join),
    st.text(st.characters(exclude_categories=["Cs", "Cn"]), max_size=20),
).filter(
    # hypothesis draws the constants of the code as well
    lambda text: not any(token in text for token in CONTROL)
)


nonblank = texts.filter(lambda text: text.strip())


controlled = st.lists(
    st.one_of(pieces, st.sampled_from([*CONTROL, "<|im_<|im_end|>end|>", "im_end|>"])),
    min_size=1,
    max_size=8,
).map("".join)


quick = settings(max_examples=20, deadline=None)


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@quick
@given(
    shown=st.tuples(nonblank, texts),
    answered=st.lists(st.tuples(nonblank, texts), min_size=1, max_size=3),
)
def test_a_prompt_is_the_tokens_of_the_whole_text(prompter, make_example, setup, shown, answered):
    writer, shown = prompter(*setup), make_example(*shown)
    answered = [make_example(*row) for row in answered]
    for example, row in zip(answered, writer.pairs(shown, answered), strict=True):
        whole = writer.vocabulary.tokenizer(
            written(writer.template.pair(shown, example)), add_special_tokens=False
        )["input_ids"]
        assert list(row.tokens) == whole
        assert row.tokens and not row.truncated
        alone = writer.vocabulary.tokenizer(
            written(writer.template.alone(example)), add_special_tokens=False
        )["input_ids"]
        assert list(writer.alone(example).tokens) == alone


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@quick
@given(shown=st.tuples(controlled, controlled), answered=st.tuples(controlled, controlled))
def test_the_scored_tokens_are_one_set_whatever_is_shown(
    prompter, make_example, setup, shown, answered
):
    writer, shown, answered = prompter(*setup), make_example(*shown), make_example(*answered)
    alone, other = writer.alone(answered), make_example("Name a colour.", "green\n")
    assert alone.response[-1] == writer.template.end_of_turn
    for helper in (shown, other, answered):
        assert writer.pairs(helper, [other, answered])[1].response == alone.response


@pytest.mark.parametrize("setup", [setup for setup in SETUPS if setup[2] != "paper"], ids="-".join)
@quick
@given(shown=st.tuples(nonblank, nonblank), answered=st.tuples(nonblank, nonblank))
def test_with_and_without_differ_by_the_shown_example_only(
    prompter, make_example, setup, shown, answered
):
    template, shown, answered = (
        prompter(*setup).template,
        make_example(*shown),
        make_example(*answered),
    )
    pair, alone = written(template.pair(shown, answered)), written(template.alone(answered))
    assert is_insertion(pair, alone)
    assert pair.count(shown.response.strip()) > alone.count(shown.response.strip())


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@quick
@given(prompt=controlled, response=controlled)
def test_control_tokens_in_data_are_read_as_text(prompter, make_example, setup, prompt, response):
    writer, harmless = prompter(*setup), make_example("a", "b")
    control = {writer.vocabulary.tokenizer.convert_tokens_to_ids(token) for token in CONTROL}
    hostile = make_example(prompt, response)
    of_template = [
        token for token in writer.pairs(harmless, [harmless])[0].tokens if token in control
    ]
    assert not control & set(writer.alone(hostile).response[:-1])
    for shown, answered in [(hostile, harmless), (harmless, hostile), (hostile, hostile)]:
        assert [
            token for token in writer.pairs(shown, [answered])[0].tokens if token in control
        ] == of_template


@pytest.mark.parametrize("kind", ["bytes", "bytes-opened"])
@quick
@given(text=controlled)
def test_text_with_control_tokens_keeps_every_character(tokenizer_of, kind, text):
    vocabulary = Vocabulary(tokenizer_of("chatml", kind))
    assert vocabulary.tokenizer.decode(vocabulary.encode([vocabulary.literal(text)])[0]) == text


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@quick
@given(
    shown=st.tuples(nonblank, texts),
    answered=st.tuples(nonblank, texts),
    context=st.integers(2, 90),
)
def test_nothing_is_longer_than_the_context_and_the_response_is_never_shortened_while_it_fits(
    prompter, make_example, setup, shown, answered, context
):
    writer, free = prompter(*setup, context=context), prompter(*setup)
    shown, answered = make_example(*shown), make_example(*answered)
    for row, whole in [
        (writer.alone(answered), free.alone(answered)),
        (writer.pairs(shown, [answered])[0], free.pairs(shown, [answered])[0]),
    ]:
        assert len(row.tokens) + len(row.response) <= context
        assert row.tokens
        assert row.response == whole.response[: context - 1]
        assert row.truncated == (len(whole.tokens) + len(whole.response) > context)
        assert row.truncated or (row.tokens, row.response) == (whole.tokens, whole.response)


@pytest.mark.parametrize(
    "setup",
    [("chatml", "bytes", "chat"), ("none", "bytes", "plain"), ("none", "bytes", "paper")],
    ids="-".join,
)
def test_the_shown_example_is_shortened_first_then_the_answered_prompt_then_the_response(
    prompter, make_example, setup
):
    shown, answered = make_example("s " * 20, "t " * 20), make_example("q " * 10, "r " * 10)
    free = prompter(*setup)
    parts = free.template.pair(shown, answered)
    head, told, query = (list(free.tokens(text)) for text in (parts.head, parts.shown, parts.query))
    response = free.alone(answered).response
    fixed = len(head) + len(query) + len(response)
    for left in (len(told) - 1, 5, 1):
        row = prompter(*setup, context=fixed + left).pairs(shown, [answered])[0]
        assert (
            list(row.tokens) == head + told[-left:] + query
            and row.response == response
            and row.truncated
        )
    # nothing of the shown example fits
    for context in (fixed, len(response) + 3, len(response) + 1):
        writer = prompter(*setup, context=context)
        row, alone = writer.pairs(shown, [answered])[0], writer.alone(answered)
        assert (
            row.tokens == alone.tokens
            and row.response == alone.response == response
            and row.truncated
        )
    row = prompter(*setup, context=len(response) + 3).alone(answered)
    assert row.tokens == free.alone(answered).tokens[-3:] and row.truncated
    row = prompter(*setup, context=6).alone(answered)
    assert row.response == response[:5] and len(row.tokens) == 1 and row.truncated


def test_a_shown_example_of_which_nothing_fits_has_a_utility_of_exactly_nothing(twin, make_example):
    naive = twin("llama", "chatml", "bytes", "chat", 160)
    shown, answered = (
        make_example("green " * 20, "blue " * 20),
        make_example("sky " * 150, "Blue is a colour."),
    )
    kernel = naive.scored([answered], [shown])
    assert kernel.truncated.all()
    assert abs(kernel.values[0, 0]) < 1e-6 and abs(kernel.pmi[0, 0]) < 5e-6


def test_a_response_cut_off_by_the_window_is_scored_on_what_is_left_and_not_as_perfect(
    twin, make_example
):
    naive = twin("llama", "chatml", "bytes", "chat", 160)
    answered = make_example("What is blue?", "4" * 400)
    kernel = naive.scored([answered], [make_example("Name a colour.", "green")])
    prompt, response = naive.whole(answered)
    assert (len(prompt), len(response)) == (1, 159)
    assert kernel.truncated.all()
    assert (
        kernel.alone[0] == pytest.approx(naive.score(prompt, response)[0], abs=1e-5)
        and kernel.alone[0] > 0.1
    )


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
def test_an_empty_response_has_nothing_to_score(prompter, make_example, setup):
    writer, empty = prompter(*setup), make_example("Name a colour.", "")
    assert (
        writer.alone(empty).response
        == ()
        == writer.pairs(make_example("a", "b"), [empty])[0].response
    )
    assert writer.alone(make_example("Name a colour.", " ")).response
