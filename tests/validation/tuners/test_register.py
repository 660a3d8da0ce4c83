"""All tuners: weights as many as published, no change at first, training that lowers the loss."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import transformers

from delift_core.errors import MethodUnavailable
from delift_core.scoring.pairs import prompter_for
from delift_core.validation import metrics
from delift_core.validation.network import log_probabilities, tunable
from delift_core.validation.training import TrainingPlan, train_epoch
from delift_core.validation.tuners import tuner as tuner_module
from delift_core.validation.tuners.lora import ATTENTION, LoraOptions
from delift_core.validation.tuners.register import TUNERS

GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))
PEFT = GOLDEN["peft_trainable_parameters"]
AURORA = GOLDEN["aurora_parameter_count_smollm2"]["outputs"]["16"]
PUBLISHED = {
    "ia3": PEFT["outputs"]["ia3_k_v_down"]["trainable"],
    "lora": PEFT["outputs"]["lora_r8_all_linear"]["trainable"],
    "prefix": PEFT["outputs"]["prefix_5"]["trainable"],
    "prefix_shared": PEFT["outputs"]["prefix_5"]["trainable"] // 2,
    "prompt": PEFT["outputs"]["prompt_20"]["trainable"],
    "prompt_clients": PEFT["outputs"]["prompt_20"]["trainable"],
    "mode": AURORA["q_k_v_with_second_V_of_width_192"],
    "full": PEFT["parameters"]["base_parameters"],
}
IDENTICAL_AT_FIRST = ("full", "ia3", "lora", "mode")
WITH_PEFT = ("ia3", "lora", "prefix", "prompt")


def weightless_smollm():
    """The layers of SmolLM2-135M without values."""
    sizes = PEFT["parameters"]
    config = transformers.LlamaConfig(
        hidden_size=sizes["hidden"],
        intermediate_size=sizes["ffn"],
        num_hidden_layers=sizes["layers"],
        num_attention_heads=9,
        num_key_value_heads=3,
        vocab_size=sizes["vocab"],
        tie_word_embeddings=True,
    )
    with torch.device("meta"):
        return transformers.LlamaForCausalLM(config).requires_grad_(False)


def trainable_count(tuner, options):
    network = tuner.attach(weightless_smollm(), options)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


@pytest.mark.parametrize("name", TUNERS)
def test_it_has_as_many_weights_as_published(name):
    tuner = TUNERS[name]
    assert trainable_count(tuner, tuner.options()) == PUBLISHED[name]


@pytest.mark.parametrize("name", TUNERS)
def test_its_second_learning_rate_is_half_or_double_the_usual_one(name):
    tuner = TUNERS[name]
    usual, other = tuner.learning_rates
    assert tuner.learning_rate == usual and other / usual in (0.5, 2.0)


def test_lora_beside_attention_has_as_many_weights_as_published():
    count = trainable_count(TUNERS["lora"], LoraOptions(layers=ATTENTION))
    assert count == PEFT["outputs"]["lora_r8_qkvo"]["trainable"]


@pytest.mark.parametrize("name", IDENTICAL_AT_FIRST)
def test_the_logits_of_a_network_that_was_not_trained_are_its_own(name, for_tuning):
    tokens = torch.tensor([[5, 6, 7, 8, 9]])
    tuner, plain = TUNERS[name], for_tuning().network
    tuned = tunable(for_tuning(), tuner, tuner.options()).network
    with torch.no_grad():
        before, after = (network(input_ids=tokens).logits for network in (plain, tuned))
    assert torch.equal(before, after)


@pytest.mark.parametrize("name", TUNERS)
def test_an_epoch_changes_the_answers_and_no_weight_but_those_of_the_tuner(
    name, for_tuning, written, roles
):
    tuner, rows = TUNERS[name], written(roles["pool"])
    tuned = tunable(for_tuning(), tuner, tuner.options())
    plan = TrainingPlan(1, tuner.learning_rate, rows_per_step=2, optimizer=tuner.optimizer)
    frozen = {
        key: weight.clone()
        for key, weight in tuned.network.named_parameters()
        if not weight.requires_grad
    }

    def answers():
        with torch.no_grad():
            return torch.cat([log_probabilities(tuned, [row]) for row in rows])

    before = answers()
    state = train_epoch(tuned, rows, plan, None)
    assert not torch.equal(answers(), before)
    assert torch.isfinite(answers()).all()
    weights = dict(tuned.network.named_parameters())
    assert all(torch.equal(weights[key], values) for key, values in frozen.items())
    again = tunable(for_tuning(), tuner, tuner.options())
    repeated = train_epoch(again, rows, plan, None)
    assert all(torch.equal(repeated.weights[key], state.weights[key]) for key in state.weights)


@pytest.mark.parametrize("architecture", ["llama", "qwen2", "gpt2", "gemma2", "granite"])
@pytest.mark.parametrize("name", ["prefix", "prefix_shared", "prompt"])
def test_what_stands_before_a_row_shifts_no_answer(name, architecture, for_tuning, written, roles):
    """A row is read alone, and its answers are the last logits of a plain pass."""
    tuner, row = TUNERS[name], written(roles["pool"])[0]
    tuned = tunable(for_tuning(architecture), tuner, tuner.options())
    assert tuned.line_tokens == 0
    with torch.no_grad():
        fed = torch.tensor([row.fed])
        logits = tuned.network(input_ids=fed, use_cache=False).logits[0, -len(row.response) :]
        whole = replace(tuned, keeps_logits=False)
        expected = logits.log_softmax(-1)[range(len(row.response)), list(row.response)]
        for network in (tuned, whole):
            assert torch.allclose(log_probabilities(network, [row]), expected, atol=1e-5)


@pytest.mark.parametrize("name", TUNERS)
def test_a_generated_answer_is_that_of_reading_everything_again_for_each_token(
    name, for_tuning, written, roles, monkeypatch
):
    monkeypatch.setattr(metrics, "ANSWER_TOKENS", 6)
    prompter, row = prompter_for(for_tuning(), "chat"), written(roles["pool"])[0]
    tuner = TUNERS[name]
    tuned = tunable(for_tuning(), tuner, tuner.options())
    said = []
    with torch.no_grad():
        while len(said) < 6 and prompter.template.end_of_turn not in said:
            fed = torch.tensor([[*row.tokens, *said]])
            said.append(int(tuned.network(input_ids=fed).logits[0, -1].argmax()))
    expected = prompter.vocabulary.tokenizer.decode(said, skip_special_tokens=True)
    assert metrics.greedy_answer(tuned, row, prompter) == expected


@pytest.mark.parametrize("name", WITH_PEFT)
def test_without_peft_it_is_refused_with_the_command_that_installs_it(
    name, for_tuning, monkeypatch
):
    monkeypatch.setattr(tuner_module, "find_spec", lambda package: None)
    tuner = TUNERS[name]
    with pytest.raises(MethodUnavailable, match=f"Tuner {name} needs .*Run: pip install peft"):
        tunable(for_tuning(), tuner, tuner.options())


@pytest.mark.parametrize("name", ["ia3", "mode"])
def test_a_network_without_its_layers_is_refused_with_those_it_lacks(name, for_tuning):
    tuner = TUNERS[name]
    with pytest.raises(MethodUnavailable, match=f"Tuner {name} needs .*no k_proj|no q_proj"):
        tunable(for_tuning("gpt2"), tuner, tuner.options())
