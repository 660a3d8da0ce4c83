"""LoRA: nothing changes at first, the number of its weights is the published one."""

import importlib.util

import pytest
import torch
import transformers

from delift_core.errors import MethodUnavailable
from delift_core.validation.network import tunable
from delift_core.validation.tuners import tuner
from delift_core.validation.tuners.lora import (
    ALL_LINEAR,
    ATTENTION,
    LORA,
    LoraOptions,
    attach_lora,
    attention_layers,
)

# hidden size, width of keys and values, of the layers between: SmolLM2-135M with 2 of its 30 layers
SMALL = {
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "vocab_size": 64,
    "num_hidden_layers": 2,
    "tie_word_embeddings": True,
}
LAYERS = 30


@pytest.mark.parametrize(
    ("layers", "published"), [(ATTENTION, 921_600), (ALL_LINEAR, 2_442_240)], ids=["qkvo", "all"]
)
def test_lora_of_rank_8_has_as_many_weights_as_published(layers, published):
    network = transformers.LlamaForCausalLM(transformers.LlamaConfig(**SMALL))
    tuned = attach_lora(network.requires_grad_(False), LoraOptions(layers=layers))
    count = sum(weight.numel() for weight in tuned.parameters() if weight.requires_grad)
    assert count * LAYERS == published * SMALL["num_hidden_layers"]


def test_the_logits_of_a_network_with_fresh_adapters_are_its_own(for_tuning):
    tokens = torch.tensor([[5, 6, 7, 8, 9]])
    with torch.no_grad():
        before = for_tuning().network(input_ids=tokens).logits
        after = tunable(for_tuning(), LORA, LoraOptions()).network(input_ids=tokens).logits
    assert torch.equal(before, after)


def test_adapters_stand_beside_attention_where_its_matrices_are_called_so(for_tuning):
    assert attention_layers(for_tuning("llama").network) == ATTENTION
    assert attention_layers(for_tuning("gpt2").network) == ALL_LINEAR


def test_without_peft_it_is_refused_with_the_command_that_installs_it(for_tuning, monkeypatch):
    real = importlib.util.find_spec
    absent = lambda name: None if name == "peft" else real(name)
    monkeypatch.setattr(tuner, "find_spec", absent)
    with pytest.raises(MethodUnavailable, match="Tuner lora needs .*Run: pip install peft"):
        tunable(for_tuning(), LORA, LoraOptions())
