"""LoRA: which matrices stand for attention."""

from delift_core.validation.tuners.lora import ALL_LINEAR, ATTENTION, attention_layers


def test_adapters_stand_beside_attention_where_its_matrices_are_called_so(for_tuning):
    assert attention_layers(for_tuning("llama").network) == ATTENTION
    assert attention_layers(for_tuning("gpt2").network) == ALL_LINEAR
