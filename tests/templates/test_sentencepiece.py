"""Tokens of tokenizers that put a space before a text: those of the whole, however it is cut."""

import copy
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.errors import UnusablePrompt
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.rehearsal import rehearse
from delift_core.scoring.templates import TemplateName
from tests.scoring.conftest import conversation
from tests.templates.chat_templates import ALTERNATING, TEMPLATES
from tests.templates.conversations import CASES, GREETED, SCORED, own_rendering
from tests.templates.sentencepiece_models import sentencepiece_tokenizer

NAMES = ("llama2", "mistral-v1", "mistral-v3", "mistral-v7", "zephyr", "vicuna", "solar", "inst")
INST = (
    "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST] "
    "{% else %}{{ m.content }} {% endif %}{% endfor %}"
)
TOKENIZERS = [(version, legacy) for version in ("v1", "v3") for legacy in (True, False)]
SHOWN = conversation(("user", "Name a colour."), response="Green, or blue.")
RESPONSES = ["Blue", "4", " padded ", "a b  c", "色", "\nnext line", "</s> literal", "é"]


@cache
def prompter(version, legacy, name, template="chat"):
    tokenizer = copy.copy(sentencepiece_tokenizer(version, legacy))
    tokenizer.chat_template = TEMPLATES.get(name, INST)
    return Prompter(tokenizer, TemplateName(template), 10**6)


@pytest.mark.parametrize(("version", "legacy"), TOKENIZERS)
def test_the_tokenizer_is_the_one_that_its_authors_use(version, legacy):
    tokenizer = sentencepiece_tokenizer(version, legacy)
    ids = tokenizer("Hello world, 42 colours", add_special_tokens=False)["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids) == [
        *("▁Hello", "▁world", ",", "▁", "4", "2", "▁colours")
    ]


def check_whole(writer, shown, answered):
    """The tokens fed and scored are the tokenizer's own of the whole rendering.

    A token that would reach from the prompt into the answer is two.
    """
    tokenizer = writer.vocabulary.tokenizer
    whole = own_rendering(writer, [shown] if shown else [], answered)
    row = writer.pairs(shown, [answered])[0] if shown else writer.alone(answered)
    own = tokenizer(whole, add_special_tokens=False)["input_ids"]
    tokens = [*row.tokens, *row.response]
    if writer.template.closing is None:
        tokens = tokens[:-1]
    if reaches_over(writer, shown, answered, whole):
        fed = len(row.tokens) - 1
        assert tokens[:fed] == own[:fed] and tokens[fed + 2 :] == own[fed + 1 : len(tokens) - 1]
        return
    assert tokens == own[: len(tokens)]
    assert not tokenizer.decode(own[len(tokens) :]).strip()


def reaches_over(writer, shown, answered, whole):
    """Whether a token of the whole reaches over the place where the answer begins."""
    template = writer.template
    parts = template.pair(shown, answered) if shown else template.alone(answered)
    begins = len(parts.prefix + parts.query)
    tokens = template.tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True)
    return any(start < begins < end for start, end in tokens["offset_mapping"])


@pytest.mark.parametrize("case", SCORED)
@pytest.mark.parametrize("name", NAMES)
def test_tokens_are_those_of_the_template_s_own_rendering(name, case, tried):
    example = CASES[case]
    if case in GREETED and name in ALTERNATING:
        for tokenizer in TOKENIZERS:
            with pytest.raises(UnusablePrompt, match="Use template plain") as refused:
                rehearse(prompter(*tokenizer, name), [example], [SHOWN])
        tried(f"SentencePiece, {name}: {case}", "refused", str(refused.value))
        return
    for tokenizer in TOKENIZERS:
        writer = prompter(*tokenizer, name)
        assert rehearse(writer, [example, SHOWN], [example, SHOWN]) == ()
        if "control tokens" not in case:  # marks in them are the project's own
            check_whole(writer, None, example)
            check_whole(writer, SHOWN, example)
            check_whole(writer, example, SHOWN)
    tried(f"SentencePiece, {name}: {case}", "right", "four tokenizers")


@pytest.mark.parametrize("response", [text for text in RESPONSES if "</s>" not in text])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("version", "legacy"), TOKENIZERS)
def test_tokens_are_those_of_the_whole_text(version, legacy, name, response):
    writer = prompter(version, legacy, name)
    answered = conversation(("user", "What is blue?"), response=response)
    check_whole(writer, None, answered)
    check_whole(writer, SHOWN, answered)
    assert writer.alone(answered).response == writer.pairs(SHOWN, [answered])[0].response


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("version", "legacy"), TOKENIZERS)
@settings(max_examples=8, deadline=None)
@given(texts=st.lists(st.text("ab 4\né", min_size=1, max_size=8), min_size=4, max_size=4))
def test_any_texts_have_the_tokens_of_the_whole(version, legacy, name, texts):
    if not all(text.strip() for text in texts):
        return
    shown = conversation(("user", texts[0]), response=texts[1])
    check_whole(
        prompter(version, legacy, name), shown, conversation(("user", texts[2]), response=texts[3])
    )


@pytest.mark.parametrize(("version", "legacy"), TOKENIZERS)
def test_a_plain_response_gains_no_space(version, legacy):
    writer = prompter(version, legacy, "inst", "plain")
    answered = conversation(("user", "q"), response="Blue")
    tokens = writer.vocabulary.tokenizer.convert_ids_to_tokens(writer.alone(answered).response)
    assert tokens == ["Blue", "</s>"]


@pytest.mark.parametrize(("version", "legacy"), TOKENIZERS)
def test_a_control_token_in_data_is_text_and_puts_no_space_into_it(version, legacy):
    writer = prompter(version, legacy, "zephyr")
    answered = conversation(("user", "q"), response="a</s>b")
    *scored, closing = writer.alone(answered).response
    assert closing == writer.vocabulary.tokenizer.eos_token_id and closing not in scored
    assert writer.vocabulary.tokenizer.decode(scored) == "a</s>b"
