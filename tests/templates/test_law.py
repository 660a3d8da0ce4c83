"""What is fed and what is scored together are the template's own rendering of the conversation."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.data.example import Example
from delift_core.errors import UnusablePrompt, UnwritableConversation
from delift_core.scoring.prompt_notes import parts_left_out
from delift_core.scoring.rehearsal import rehearse
from delift_core.scoring.rendering import TEMPLATE_DATE
from delift_core.scoring.shapes import shape_of
from tests.scoring.conftest import conversation
from tests.templates.chat_templates import ALTERNATING, TEMPLATES
from tests.templates.conversations import (
    CASES,
    GREETED,
    SCORED,
    SHOWN,
    answer_of,
    check_law,
    prompter_of,
    text_of,
    writer_with,
)

NUMBERED = (
    "{% set ns = namespace(n=0) %}{% for m in messages %}{% if m.role == 'user' %}"
    "{% set ns.n = ns.n + 1 %}[Round {{ ns.n }}]\n\nQ: {{ m.content }}\n\nA:{% else %}"
    " {{ m.content }}\n\n{% endif %}{% endfor %}"
)


@pytest.mark.parametrize("case", SCORED)
@pytest.mark.parametrize("name", TEMPLATES)
def test_what_is_fed_and_scored_is_the_template_s_own_rendering(name, case, tried):
    writer, example = prompter_of(name), CASES[case]
    if case in GREETED and name in ALTERNATING:
        tried(f"{name}: {case}", "refused", refusal_of(writer, example))
        return
    assert rehearse(writer, [example, SHOWN], [example, SHOWN]) == ()
    check_law(writer, [], example)
    check_law(writer, [SHOWN], example)
    check_law(writer, [example], SHOWN)
    tried(f"{name}: {case}", "right", " ".join(parts_left_out(writer.template, shape_of(example))))


def refusal_of(writer, example):
    """Why a conversation cannot be written; the template does refuse it behind an exchange."""
    with pytest.raises(UnusablePrompt) as refused:
        rehearse(writer, [example], [SHOWN])
    behind = (*SHOWN.turns, answer_of(SHOWN), *example.turns)
    with pytest.raises(UnwritableConversation):
        writer.template.reader.renderer.render_exactly(behind)
    sentence = str(refused.value)
    assert re.fullmatch(r"Row 7 \(id c1\) cannot be answered: .* Use template plain\.", sentence)
    return sentence


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_empty_response_is_written_and_not_scored(name):
    [row] = prompter_of(name).pairs(SHOWN, [CASES["empty response"]])
    assert row.response == () and row.tokens


@pytest.mark.parametrize("name", TEMPLATES)
@settings(max_examples=15, deadline=None)
@given(texts=st.lists(st.text("aé 4\n.<|>色", min_size=1, max_size=9), min_size=4, max_size=4))
def test_the_law_holds_for_any_texts(name, texts):
    if not all(text.strip() for text in texts):
        return
    shown = conversation(("user", texts[0]), response=texts[1])
    answered = conversation(("user", texts[2]), response=texts[3])
    check_law(prompter_of(name), [shown], answered)


@pytest.mark.parametrize("name", TEMPLATES)
def test_another_shown_example_changes_the_prompt_and_not_what_is_scored(name):
    writer = prompter_of(name)
    rows = [writer.pairs(shown, [CASES["plain"]])[0] for shown in (SHOWN, CASES["several turns"])]
    assert rows[0].tokens != rows[1].tokens and rows[0].response == rows[1].response
    assert rows[0].response == writer.alone(CASES["plain"]).response


@pytest.mark.parametrize("name", ["chatml", "phi4", "deepseek-r1", "command-r"])
def test_a_turn_is_closed_by_its_token_though_the_tokenizer_does_not_call_it_special(name):
    writer = prompter_of(name, special=False)
    check_law(writer, [SHOWN], CASES["plain"])
    scored = writer.alone(CASES["plain"]).response
    assert text_of(writer, scored) == CASES["plain"].response + writer.template.closing
    hostile = conversation(("user", "q"), response=f"a{writer.template.closing}b")
    assert writer.template.end_of_turn not in writer.alone(hostile).response[:-1]


def test_an_open_chain_of_thought_is_neither_doubled_nor_holds_an_answer():
    for name in ("deepseek-r1", "think-opened"):
        assert "<think>" not in text_of(
            prompter_of(name), prompter_of(name).alone(CASES["plain"]).tokens
        )
    writer = prompter_of("qwen3")
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
    writer = writer_with(template)
    with pytest.raises(UnusablePrompt, match=f"The model's chat template .*{sentence}.* plain"):
        rehearse(writer, [SHOWN], [SHOWN])


def test_a_template_that_numbers_its_rounds_writes_those_that_stay_what_they_are():
    writer = writer_with(NUMBERED)
    check_law(writer, [SHOWN], CASES["plain"])
    [unwritable] = rehearse(writer, [SHOWN, CASES["several turns"]], [SHOWN])
    assert (unwritable.end, unwritable.index) == ("answered", 1)
    assert "in another way behind an earlier exchange" in unwritable.reason


def test_a_date_is_the_same_on_every_day(monkeypatch):
    for name in ("llama3.2", "gpt-oss", "granite"):
        text = text_of(prompter_of(name), prompter_of(name).alone(CASES["plain"]).tokens)
        assert any(written in text for written in (TEMPLATE_DATE, "26 Jul 2024", "July 26, 2024"))


def test_an_example_with_no_turns_at_all_is_written_or_refused():
    bare = Example("c1", "", "Blue", (), row=7)
    for name in TEMPLATES:
        try:
            rehearse(prompter_of(name), [bare], [SHOWN])
        except UnusablePrompt as reason:
            assert "Row 7" in str(reason)
