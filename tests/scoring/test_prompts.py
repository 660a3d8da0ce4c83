"""What the model is given to read: one fixed answer, a prompt that differs by the shown example
only, tokens as of one text.
"""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.data.example import Dataset, Example, Turn
from delift_core.errors import UnknownChoice, UnusablePrompt
from delift_core.scoring.prefixes import common_length
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.templates import TemplateName, template_name
from delift_core.scoring.vocabulary import Vocabulary

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
said = texts.filter(lambda text: text.strip())
controlled = st.lists(
    st.one_of(pieces, st.sampled_from([*CONTROL, "<|im_<|im_end|>end|>", "im_end|>"])),
    min_size=1,
    max_size=8,
).map("".join)
quick = settings(max_examples=20, deadline=None)
CHATML_OPENING = "<|im_start|>assistant\n"


@pytest.fixture(scope="module")
def tokenizer_of(tiny_folder):
    import transformers

    return cache(
        lambda chat, tokenizer: transformers.AutoTokenizer.from_pretrained(
            tiny_folder("llama", chat, tokenizer)
        )
    )


@pytest.fixture(scope="module")
def prompter(tokenizer_of):
    def make(chat="chatml", tokenizer="bytes", template="chat", context=10**6):
        return Prompter(tokenizer_of(chat, tokenizer), TemplateName(template), context)

    return make


def conversation(*turns, response="Blue"):
    """An example from (role, content) turns."""
    turns = tuple(Turn(*turn) for turn in turns)
    return Example("c1", "\n".join(turn.content for turn in turns), response, turns, row=7)


def written(parts):
    return parts.prefix + parts.query


def is_insertion(longer, shorter):
    """Whether `longer` is `shorter` with one piece put in somewhere."""
    return common_length(longer, shorter) + common_length(longer[::-1], shorter[::-1]) >= len(
        shorter
    )


# One text, however it is cut


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@quick
@given(
    shown=st.tuples(said, texts), answered=st.lists(st.tuples(said, texts), min_size=1, max_size=3)
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
@given(shown=st.tuples(said, said), answered=st.tuples(said, said))
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


def test_the_paper_s_prompts_are_the_reference_implementation_s(prompter, make_example):
    template, shown, answered = (
        prompter("none", "bytes", "paper").template,
        make_example("p1", "r1"),
        make_example("p2", "r2"),
    )
    assert (
        written(template.alone(answered))
        == "Instruction: Please generate a response to the following query.\n\n\nQuery:"
        " p2\n<|endoftext|>"
    )
    assert (
        written(template.pair(shown, answered))
        == "Instruction:\nUse the following example as a guide to answer the query in the same"
        " format and style, providing a clear and concise"
        " response.\n\n\nExample:\np1\nr1\n\n\nQuery:\np2\n<|endoftext|>"
    )


def test_a_chat_prompt_is_a_conversation_and_ends_where_the_answer_begins(prompter, make_example):
    template = prompter().template
    assert (
        written(template.pair(make_example("p1", "r1"), make_example("p2", "r2")))
        == "<|im_start|>user\np1<|im_end|>\n<|im_start|>assistant\nr1<|im_end|>\n"
        "<|im_start|>user\np2<|im_end|>\n<|im_start|>assistant\n"
    )


@pytest.mark.parametrize(
    ("setup", "closing"),
    [
        (("chatml", "bytes", "chat"), "<|im_end|>"),
        (("inst", "bytes", "chat"), "<|endoftext|>"),
        (("chatml", "bytes", "plain"), "<|endoftext|>"),
        (("chatml", "bytes", "paper"), "<|endoftext|>"),
    ],
)
def test_an_answer_is_closed_by_the_token_its_template_closes_it_with(
    prompter, make_example, setup, closing
):
    writer = prompter(*setup)
    assert (
        writer.vocabulary.tokenizer.convert_ids_to_tokens(
            writer.alone(make_example("a", "b")).response[-1]
        )
        == closing
    )


def test_a_model_that_opens_every_text_with_a_token_opens_a_plain_prompt_with_it_once(
    prompter, make_example
):
    writer = prompter("none", "bytes-opened", "plain")
    opening = writer.vocabulary.tokenizer.bos_token_id
    for tokens in (
        writer.alone(make_example("a", "b")).tokens,
        writer.pairs(make_example("c", "d"), [make_example("a", "b")])[0].tokens,
    ):
        assert tokens[0] == opening and tokens.count(opening) == 1


# Control tokens in data are text


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


# Conversations


def test_the_system_turn_is_the_answered_example_s(prompter):
    shown = conversation(("system", "Be rude."), ("user", "p1"), response="r1")
    answered = conversation(("system", "Be kind."), ("user", "p2"))
    template = prompter().template
    assert (
        written(template.pair(shown, answered)) == "<|im_start|>system\nBe"
        " kind.<|im_end|>\n<|im_start|>user\np1<|im_end|>\n<|im_start|>assistant\nr1<|im_end|>\n"
        "<|im_start|>user\np2<|im_end|>\n<|im_start|>assistant\n"
    )
    assert is_insertion(written(template.pair(shown, answered)), written(template.alone(answered)))


CONVERSATIONS = {
    "several turns": (("user", "q1"), ("assistant", "a1"), ("user", "q2")),
    "system": (("system", "Be kind."), ("user", "q1")),
    "system and several turns": (
        ("system", "Be kind."),
        ("user", "q1"),
        ("assistant", "a1"),
        ("user", "q2"),
    ),
    "tool": (("user", "q1"), ("assistant", "call"), ("tool", "42")),
    "system and tool": (
        ("system", "Be kind."),
        ("user", "q1"),
        ("assistant", "call"),
        ("tool", "42"),
    ),
    "opened by the assistant": (("assistant", "Welcome."), ("user", "q1")),
    "system, opened by the assistant": (
        ("system", "Be kind."),
        ("assistant", "Welcome."),
        ("user", "q1"),
    ),
    "two user turns": (("user", "q1"), ("user", "q2")),
    "system and two user turns": (("system", "Be kind."), ("user", "q1"), ("user", "q2")),
    "system in the middle": (
        ("user", "q1"),
        ("assistant", "a1"),
        ("system", "Be kind."),
        ("user", "q2"),
    ),
    "two systems": (("system", "Be kind."), ("system", "Be brief."), ("user", "q1")),
}
WRITTEN = [
    (case, chat)
    for chat in ("chatml", "inst", "strict", "system-strict", "late-system")
    for case in CONVERSATIONS
    # the others refuse an assistant's opening
    if chat == "chatml" or "opened by the assistant" not in case
]


@pytest.mark.parametrize(("case", "chat"), WRITTEN)
def test_every_conversation_is_written_once_and_differs_by_the_shown_one_only(
    prompter, make_example, chat, case
):
    template, answered, shown = (
        prompter(chat).template,
        conversation(*CONVERSATIONS[case]),
        make_example("p1", "r1"),
    )
    alone, pair = written(template.alone(answered)), written(template.pair(shown, answered))
    assert is_insertion(pair, alone)
    for _, content in CONVERSATIONS[case]:
        assert alone.count(content) == pair.count(content) == 1
    assert alone.count("<|im_start|>") <= len(answered.turns) + 1


@pytest.mark.parametrize(("case", "chat"), WRITTEN)
def test_every_conversation_is_shown_once(prompter, make_example, chat, case):
    template, shown, answered = (
        prompter(chat).template,
        conversation(*CONVERSATIONS[case]),
        make_example("p1", "r1"),
    )
    alone, pair = written(template.alone(answered)), written(template.pair(shown, answered))
    for turn in shown.turns:
        assert pair.count(turn.content) == (turn.role != "system")
    assert pair.count("Blue") == 1
    assert is_insertion(pair, alone)
    assert pair.count("<|im_start|>") <= len(shown.turns) + 3


def test_a_chatml_conversation_of_any_shape_is_what_the_tokenizer_s_own_template_writes(prompter):
    writer = prompter()
    for turns in CONVERSATIONS.values():
        example = conversation(*turns)
        # system turns stand first, with and without
        ordered = sorted(turns, key=lambda turn: turn[0] != "system")
        own = writer.vocabulary.tokenizer.apply_chat_template(
            [{"role": role, "content": text} for role, text in ordered],
            tokenize=False,
            add_generation_prompt=True,
        )
        assert written(writer.template.alone(example)) == own


def test_a_template_without_a_system_role_gets_it_in_front_of_the_first_question(prompter):
    template = prompter("strict").template
    text = written(template.alone(conversation(("system", "Be kind."), ("user", "p2"))))
    assert text == "<|im_start|>user\nBe kind.\n\np2<|im_end|>\n<|im_start|>assistant\n"


def test_a_template_that_cannot_write_a_conversation_says_which_example_and_what_to_do(prompter):
    greeted = conversation(("assistant", "a1"), ("user", "q1"))
    with pytest.raises(
        UnusablePrompt,
        match=(
            r"Row 7 \(id c1\) answered with row .*Conversation roles must alternate.*Use template"
            r" plain"
        ),
    ):
        prompter("strict").rehearse([greeted], [greeted])


def test_a_prompt_that_cannot_be_written_is_refused_before_anything_is_scored(tiny, monkeypatch):
    from delift_core.scoring import pairs

    monkeypatch.setattr(pairs, "scored_packs", lambda *given: pytest.fail("scored"))
    refused = Dataset(
        (conversation(("user", "q")), conversation(("assistant", "a1"), ("user", "q1")))
    )
    with pytest.raises(UnusablePrompt, match=r"Row 7 \(id c1\)"):
        pairs.score_utilities(refused, model=tiny("llama", "strict"))


@pytest.mark.parametrize(
    ("chat", "response", "scored"),
    [("chatml", " a ", " a "), ("strict", " a ", "a"), ("inst", "a", "a ")],
)
def test_a_response_is_scored_as_the_template_writes_it(
    chat, response, scored, prompter, make_example
):
    writer = prompter(chat)
    tokens, truncated = writer.response(make_example("q", response))
    assert writer.vocabulary.tokenizer.decode(tokens[:-1]) == scored and not truncated


def test_a_template_that_rewrites_the_past_is_refused(prompter, make_example):
    with pytest.raises(
        UnusablePrompt, match="rewrites earlier turns of a conversation. Use template plain"
    ):
        prompter("rewrites").pairs(
            make_example("a", "b"), [conversation(*CONVERSATIONS["several turns"])]
        )


# Too long for the context


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
@quick
@given(shown=st.tuples(said, texts), answered=st.tuples(said, texts), context=st.integers(2, 90))
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


# Which template


def test_auto_is_chat_where_there_is_one_and_plain_otherwise(tokenizer_of):
    assert template_name("auto", tokenizer_of("chatml", "bytes")) is TemplateName.CHAT
    assert template_name("auto", tokenizer_of("none", "bytes")) is TemplateName.PLAIN
    assert template_name("paper", tokenizer_of("chatml", "bytes")) is TemplateName.PAPER


def test_an_unknown_template_and_a_missing_one_are_told_with_what_to_choose(tokenizer_of):
    with pytest.raises(
        UnknownChoice,
        match="template 'chatty' is not known. Choose one of auto, chat, plain, paper",
    ):
        template_name("chatty", tokenizer_of("chatml", "bytes"))
    with pytest.raises(UnusablePrompt, match="has no chat template. Use template plain"):
        template_name("chat", tokenizer_of("none", "bytes"))
