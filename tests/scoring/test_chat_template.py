"""Conversations of every shape, as the tokenizer's own chat template writes them."""

import pytest

from delift_core.errors import UnusablePrompt
from delift_core.scoring.rendering import system_turns
from tests.scoring.conftest import conversation, is_insertion, written

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
    for chat in ("chatml", "inst", "strict", "system-strict")
    for case in CONVERSATIONS
    # the others refuse an assistant's opening
    if chat == "chatml" or "opened by the assistant" not in case
]


def test_a_chat_prompt_is_a_conversation_and_ends_where_the_answer_begins(prompter, make_example):
    template = prompter().template
    assert (
        written(template.pair(make_example("p1", "r1"), make_example("p2", "r2")))
        == "<|im_start|>user\np1<|im_end|>\n<|im_start|>assistant\nr1<|im_end|>\n"
        "<|im_start|>user\np2<|im_end|>\n<|im_start|>assistant\n"
    )


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
        assert pair.count(turn.content) == (turn not in system_turns(shown.turns))
    assert pair.count("Blue") == 1
    assert is_insertion(pair, alone)
    assert pair.count("<|im_start|>") <= len(shown.turns) + 3


def test_a_chatml_conversation_of_any_shape_is_what_the_tokenizer_s_own_template_writes(prompter):
    writer = prompter()
    for turns in CONVERSATIONS.values():
        example = conversation(*turns)
        own = writer.vocabulary.tokenizer.apply_chat_template(
            [{"role": role, "content": text} for role, text in turns],
            tokenize=False,
            add_generation_prompt=True,
        )
        assert written(writer.template.alone(example)) == own


def test_a_template_without_a_system_role_gets_it_in_front_of_the_first_question(prompter):
    template = prompter("strict").template
    text = written(template.alone(conversation(("system", "Be kind."), ("user", "p2"))))
    assert text == "<|im_start|>user\nBe kind.\n\np2<|im_end|>\n<|im_start|>assistant\n"


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
