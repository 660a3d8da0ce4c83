"""Which template is taken, and what the plain and the paper template write."""

import pytest

from delift_core.errors import UnknownChoice, UnusablePrompt
from delift_core.scoring.templates import TemplateName, template_name
from tests.scoring.conftest import written


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
