"""What is fed and what is scored together are the template's own rendering of the conversation."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.data.example import Example
from delift_core.errors import UnusablePrompt
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.rehearsal import rehearse
from delift_core.scoring.rendering import TEMPLATE_DATE
from delift_core.scoring.templates import TemplateName
from tests.conftest import byte_level
from tests.scoring.chat_templates import TEMPLATES, control_tokens
from tests.scoring.conftest import conversation

CASES = {
    "plain": conversation(("user", "What is blue?"), response="A colour."),
    "system": conversation(("system", "Be kind."), ("user", "q1"), response="Blue"),
    "several turns": conversation(
        ("user", "q1"), ("assistant", "a1"), ("user", "q2"), response="a2"
    ),
    "padded": conversation(("user", "  q1 "), response=" Blue  "),
    "newline first": conversation(("user", "\nq1"), response="\n\nBlue\n"),
    "number": conversation(("user", "2 + 2"), response="4"),
    "thinking": conversation(("user", "q1"), response="<think>\nhm\n</think>\n\nBlue"),
    "tools": conversation(
        ("user", "q1"), ("assistant", "call"), ("tool", "42"), response="It is 42."
    ),
    "assistant first": conversation(("assistant", "Welcome."), ("user", "q1"), response="Blue"),
    "control tokens": conversation(
        ("user", "say <|im_end|></s><|endoftext|>"), response="<|im_end|> <|endoftext|> </s> done"
    ),
    "two users": conversation(("user", "q1"), ("user", "q2"), response="Blue"),
    "other scripts": conversation(("user", "色は？ цвет"), response="青 😀 é"),
    "empty response": conversation(("user", "q1"), response=""),
    "system and greeting": conversation(
        ("system", "Be kind."), ("assistant", "Hi"), ("user", "q1"), response="Blue"
    ),
}
SHOWN = conversation(("user", "shown prompt"), response="shown response")
# the conversations that a template cannot write; every other one is written as the law says
ALTERNATING = {"assistant first", "system and greeting"}
REFUSED = {name: ALTERNATING for name in ("llama2", "gemma", "mistral-v3")}
REFUSED["mistral-v1"] = {"assistant first"}  # a system text becomes the user's, and opens
# a shown example leaves its system text out: an assistant's greeting opens it then
UNSHOWN = {"mistral-v1": {"system and greeting"}}
# templates that put the system's text before the last question, but only while no answer follows
ASKED = {"mistral-v3": {"system"}}


@cache
def prompter(name, special=True):
    import transformers

    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=byte_level(), bos_token="<|endoftext|>", eos_token="<|endoftext|>"
    )
    tokenizer.add_tokens(control_tokens(name), special_tokens=special)
    tokenizer.chat_template = TEMPLATES[name]
    return Prompter(tokenizer, TemplateName.CHAT, 10**6)


def own_rendering(writer, shown, answered):
    """The template's text of a whole conversation, marks in control tokens of the data left out."""
    template = writer.template
    system = tuple(turn for turn in answered.turns if turn.role == "system")
    others = [turn for example in shown for turn in (*example.turns, answer_of(example))]
    others += [*answered.turns, answer_of(answered)]
    turns = (*system, *(turn for turn in others if turn.role != "system"))
    return template.render(turns).replace("\udfff", "")


def answer_of(example):
    return conversation(("assistant", example.response)).turns[0]


def text_of(writer, tokens):
    return writer.vocabulary.tokenizer.decode(list(tokens), clean_up_tokenization_spaces=False)


def check_law(writer, shown, answered):
    """decode(fed + scored) is the rendering, up to the token that closes the answer's turn."""
    [row] = writer.pairs(shown[0], [answered]) if shown else [writer.alone(answered)]
    whole, text = own_rendering(writer, shown, answered), text_of(writer, row.tokens)
    *scored, closing = row.response
    assert closing == writer.template.end_of_turn
    scored = text_of(writer, scored)
    assert whole.startswith(text + scored)
    rest = whole.removeprefix(text + scored)
    assert rest.strip() == (writer.template.closing or "")
    assert answered.response.split("</think>")[-1].strip() in scored
    for example in shown:
        assert example.response.strip() in text and example.turns[-1].content.strip() in text


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case].response])
@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_fed_and_scored_is_the_template_s_own_rendering(name, case):
    writer, answered = prompter(name), CASES[case]
    if case in REFUSED.get(name, ()):
        with pytest.raises(UnusablePrompt, match=r"Row 7 .*Use template plain"):
            rehearse(writer, [answered], [SHOWN])
        return
    assert rehearse(writer, [answered], [SHOWN]) == ()
    is_shown = case not in UNSHOWN.get(name, ())
    if is_shown:
        assert rehearse(writer, [SHOWN], [answered]) == ()
    else:
        with pytest.raises(UnusablePrompt, match=r"Row 7 .* cannot be shown: .*Use template plain"):
            rehearse(writer, [SHOWN], [answered])
    if case in ASKED.get(name, ()):
        assert "Be kind." in text_of(writer, writer.alone(answered).tokens)
        return
    check_law(writer, [], answered)
    check_law(writer, [SHOWN], answered)
    if case != "thinking" and is_shown:
        check_law(writer, [answered], SHOWN)


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_empty_response_is_written_and_not_scored(name):
    [row] = prompter(name).pairs(SHOWN, [CASES["empty response"]])
    assert row.response == () and row.tokens


@pytest.mark.parametrize("name", TEMPLATES)
@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.text("aé 4\n.<|>色", min_size=1, max_size=9), min_size=4, max_size=4))
def test_the_law_holds_for_any_texts(name, texts):
    if not all(text.strip() for text in texts):
        return
    shown = conversation(("user", texts[0]), response=texts[1])
    answered = conversation(("user", texts[2]), response=texts[3])
    check_law(prompter(name), [shown], answered)


@pytest.mark.parametrize("name", TEMPLATES)
def test_another_shown_example_changes_the_prompt_and_not_what_is_scored(name):
    writer = prompter(name)
    rows = [writer.pairs(shown, [CASES["plain"]])[0] for shown in (SHOWN, CASES["several turns"])]
    assert rows[0].tokens != rows[1].tokens and rows[0].response == rows[1].response
    assert rows[0].response == writer.alone(CASES["plain"]).response


@pytest.mark.parametrize("name", ["chatml", "phi4", "deepseek-r1", "command-r"])
def test_a_turn_is_closed_by_its_token_though_the_tokenizer_does_not_call_it_special(name):
    writer = prompter(name, special=False)
    check_law(writer, [SHOWN], CASES["plain"])
    scored = writer.alone(CASES["plain"]).response
    assert text_of(writer, scored) == CASES["plain"].response + writer.template.closing
    hostile = conversation(("user", "q"), response=f"a{writer.template.closing}b")
    assert writer.template.end_of_turn not in writer.alone(hostile).response[:-1]


def test_an_open_chain_of_thought_is_neither_doubled_nor_holds_an_answer():
    for name in ("deepseek-r1", "think-opened"):
        assert "<think>" not in text_of(prompter(name), prompter(name).alone(CASES["plain"]).tokens)
    writer = prompter("qwen3")
    row = writer.alone(CASES["thinking"])
    assert text_of(writer, row.tokens).endswith("<|im_start|>assistant\n")
    assert text_of(writer, row.response) == "<think>\nhm\n</think>\n\nBlue<|im_end|>"
    row = writer.alone(CASES["plain"])
    assert text_of(writer, row.tokens).endswith("<think>\n\n</think>\n\n")
    assert text_of(writer, row.response) == "A colour.<|im_end|>"


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        ("{{ messages[-1].content }}", "leaves earlier turns of a conversation out"),
        ("{% for m in messages %}{{ ['a', 'b'] | random }}{{ m.content }}{% endfor %}", "random"),
        ("{{ strftime_now('%Y' ~ '') }}{{ messages[0].content }}", "date in a way that cannot"),
        ("{% for m in messages %}{{ m.content | length }}{% endfor %}", "answer as one piece"),
    ],
)
def test_a_template_that_cannot_be_read_is_refused_by_name(template, sentence):
    import transformers

    tokenizer = transformers.PreTrainedTokenizerFast(
        tokenizer_object=byte_level(), eos_token="<|endoftext|>", chat_template=template
    )
    writer = Prompter(tokenizer, TemplateName.CHAT, 10**6)
    with pytest.raises(UnusablePrompt, match=f"The model's chat template .*{sentence}.* plain"):
        rehearse(writer, [SHOWN], [SHOWN])


def test_a_date_is_the_same_on_every_day(monkeypatch):
    for name in ("llama3.2", "gpt-oss", "granite"):
        text = text_of(prompter(name), prompter(name).alone(CASES["plain"]).tokens)
        assert any(written in text for written in (TEMPLATE_DATE, "26 Jul 2024", "July 26, 2024"))


def test_an_example_with_no_turns_at_all_is_written_or_refused():
    bare = Example("c1", "", "Blue", (), row=7)
    for name in TEMPLATES:
        try:
            rehearse(prompter(name), [bare], [SHOWN])
        except UnusablePrompt as reason:
            assert "Row 7" in str(reason)
