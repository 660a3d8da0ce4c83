"""Held-out losses are those of scoring; answers are greedy and end where a turn does."""

import numpy as np
import pytest
import torch

from delift_core.scoring.pairs import prompter_for, score_alone, scorer_for
from delift_core.scoring.prompts import Prompt
from delift_core.validation.metrics import greedy_answer, response_losses
from delift_core.validation.network import tunable
from delift_core.validation.tuners.lora import LORA, LoraOptions
from delift_core.validation.tuners.register import TUNERS


@pytest.fixture
def untuned(for_tuning):
    return tunable(for_tuning(), LORA, LoraOptions(rank=2))


@pytest.mark.parametrize("template", ["chat", "plain"])
def test_losses_of_a_network_whose_adapters_change_nothing_are_those_of_scoring(
    template, untuned, for_tuning, tiny, roles
):
    scored = score_alone(scorer_for(tiny(), template), roles["pool"].examples)
    prompter = prompter_for(for_tuning(), template)
    rows = [prompter.alone(example) for example in roles["pool"].examples]
    np.testing.assert_allclose(response_losses(untuned, rows), -scored.log_probability, atol=1e-5)


def test_losses_stand_in_the_order_of_the_rows_and_equal_rows_are_read_once(
    untuned, written, roles
):
    rows, read = written(roles["pool"]), []
    losses = response_losses(untuned, rows)
    again = response_losses(untuned, [*rows[::-1], Prompt((5, 6), ()), *rows], read.append)
    np.testing.assert_allclose(again, [*losses[::-1], np.nan, *losses], atol=1e-6)
    assert sum(read) == len(set(rows))


def likeliest(tuned, tokens, end, most):
    """The likeliest token each time, without a cache."""
    said = []
    while len(said) < most:
        fed = torch.tensor([[*tokens, *said]])
        said.append(int(tuned.network(input_ids=fed).logits[0, -1].argmax()))
        if said[-1] == end:
            break
    return said


@pytest.mark.parametrize("name", TUNERS)
def test_answers_are_the_likeliest_tokens_whatever_the_settings_of_the_model(
    name, for_tuning, written, roles
):
    model, tuner = for_tuning(), TUNERS[name]
    own = model.network.generation_config
    own.do_sample, own.temperature, own.num_beams, own.repetition_penalty = True, 5.0, 3, 9.0
    prompter, row = prompter_for(model, "chat"), written(roles["pool"])[0]
    prompter.context = len(row.tokens) + 12
    tuned = tunable(model, tuner, tuner.options())
    said = likeliest(tuned, row.tokens, prompter.template.end_of_turn, 12)
    expected = prompter.vocabulary.tokenizer.decode(said, skip_special_tokens=True)
    assert expected and greedy_answer(tuned, row, prompter) == expected


def test_an_answer_ends_where_its_turn_does(untuned, for_tuning, written, roles):
    prompter, row = prompter_for(for_tuning(), "chat"), written(roles["pool"])[0]
    end = prompter.template.end_of_turn
    with torch.no_grad():
        head = untuned.network.get_output_embeddings().weight
        head.zero_()
        bias = torch.nn.Parameter(torch.zeros(len(head)))
        bias[end] = 1.0
        untuned.network.get_output_embeddings().bias = bias
    assert greedy_answer(untuned, row, prompter) == ""
