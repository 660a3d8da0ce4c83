"""The pass without prompts: the tokens of the pass alone, behind nothing that is data."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.scoring.pairs import score_alone, score_unprompted, scorer_for
from tests.scoring.conftest import conversation

KINDS = [
    ("chatml", "bytes", "chat"),
    ("inst", "metaspace", "chat"),
    ("strict", "bytes", "chat"),
    ("none", "bytes-opened", "plain"),
    ("none", "metaspace", "plain"),
    ("none", "bytes", "paper"),
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids="-".join)


@each_kind
def test_the_scored_tokens_are_those_of_the_pass_alone(kind, prompter, six):
    write = prompter(*kind)
    for example in [*six, conversation(("system", "Be kind."), ("user", "A colour?"))]:
        assert write.unprompted(example).response == write.alone(example).response != ()


@each_kind
def test_before_them_stands_what_the_template_writes_and_no_text_of_the_prompt(kind, prompter, six):
    write = prompter(*kind)
    asked = replace(six[0], prompt="Zebra crossing?")
    others = [*six, asked, conversation(("system", "Quite long."), ("user", "Zebra crossing?"))]
    openings = {write.unprompted(example).tokens for example in others}
    assert len(openings) == 1 and len(openings.pop()) > 0


def test_the_opening_of_a_chat_is_an_empty_question(prompter, six):
    write = prompter("chatml")
    text = write.vocabulary.tokenizer.decode(write.unprompted(six[0]).tokens)
    assert text == "<|im_start|>user\n<|im_end|>\n<|im_start|>assistant\n"


@each_kind
def test_it_equals_one_ordinary_pass_a_response(kind, twin, six):
    chat, tokenizer, template = kind
    reference = twin("llama", chat, tokenizer, template)
    unprompted = score_unprompted(reference.scorer, six)
    for number, example in enumerate(six):
        prompt = reference.prompter.unprompted(example)
        _, expected = reference.score(list(prompt.tokens), list(prompt.response))
        assert unprompted.log_probability[number] == pytest.approx(expected, abs=1e-5)


def test_as_many_tokens_are_scored_as_alone_and_a_response_that_is_too_long_is_cut_alike(
    tiny, make_example, six
):
    long = make_example("Say it often", "Blue is a colour. " * 200)
    scorer = scorer_for(tiny())
    examples = [*six, long, replace(long, prompt="Say it " * 300, response="blue")]
    unprompted, alone = score_unprompted(scorer, examples), score_alone(scorer, examples)
    assert unprompted.response_tokens.tolist() == alone.response_tokens.tolist()
    assert unprompted.response_tokens[6] == tiny().context - 1
    assert np.isfinite(unprompted.log_probability).all()


def test_an_example_without_a_response_has_none_and_counts_as_done(tiny, six):
    done = []
    examples = [*six, replace(six[0], response="")]
    unprompted = score_unprompted(scorer_for(tiny()), examples, done.append)
    assert np.isnan(unprompted.log_probability).tolist() == [False] * 6 + [True]
    assert unprompted.response_tokens[-1] == 0 and sum(done) == 7


def test_what_all_of_them_begin_with_is_read_once(twin, six, calls):
    many = [replace(six[0], response=f"{number} is a number") for number in range(40)]
    score_unprompted(twin().scorer, many)
    fed = [twin().prompter.unprompted(example).fed for example in many]
    assert sum(tokens for tokens, _ in calls) < 0.7 * sum(map(len, fed))
