"""Packs are as large as the memory of a card allows."""

from dataclasses import replace

import pytest
import torch
import transformers

from delift_core.scoring.describe import describe_model
from delift_core.scoring.memory import fitting_pack, free_memory, working_memory
from delift_core.scoring.pack_sizes import LEAST_PACK, PACK_TOKENS
from delift_core.scoring.packed_model import ready

LLAMA_8B = transformers.LlamaConfig(
    hidden_size=4096,
    num_hidden_layers=32,
    num_attention_heads=32,
    num_key_value_heads=8,
    intermediate_size=14336,
    vocab_size=128256,
)
GB = 10**9


@pytest.mark.parametrize("free", [1 * GB, 8 * GB, 24 * GB, 80 * GB, 200 * GB])
def test_the_largest_pack_that_a_card_has_room_for_is_taken(free):
    tokens = fitting_pack(LLAMA_8B, "cuda", free)
    assert working_memory(LLAMA_8B, "cuda", tokens) <= free
    assert tokens == PACK_TOKENS["cuda"] or working_memory(LLAMA_8B, "cuda", 2 * tokens) > free


def test_where_nothing_fits_the_smallest_pack_is_tried():
    assert fitting_pack(LLAMA_8B, "cuda", 0) == LEAST_PACK


@pytest.mark.parametrize("device", ["cpu", "mps"])
def test_packs_are_as_usual_where_memory_is_shared_with_other_programs(device):
    assert fitting_pack(LLAMA_8B, device, 0) == PACK_TOKENS[device]


def test_the_memory_of_half_a_pack_is_half():
    whole, half = (working_memory(LLAMA_8B, "cuda", tokens) for tokens in (8192, 4096))
    assert whole == 2 * half


@pytest.fixture
def card(monkeypatch):
    """A card with so many bytes free, some of them kept by torch."""

    def of(free, kept=0):
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (free - kept, 80 * GB))
        monkeypatch.setattr(torch.cuda, "memory_reserved", lambda: kept + 7)
        monkeypatch.setattr(torch.cuda, "memory_allocated", lambda: 7)

    return of


def test_what_torch_keeps_of_a_card_and_does_not_use_is_free(card):
    card(8 * GB, kept=3 * GB)
    assert free_memory("cuda") == 8 * GB


def test_a_model_is_described_with_the_packs_that_a_card_has_room_for(card):
    card(200 * GB)
    most = describe_model(device="cuda")
    card(most.memory - 1)
    less = describe_model(device="cuda")
    assert less.memory < most.memory and less.memory <= less.free


def test_a_model_gets_ready_with_packs_that_fit_unless_their_size_was_given(tiny, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "delift_core.scoring.packed_model.fitting_pack",
        lambda config, device, free: asked.append((device, free)) or 64,
    )
    monkeypatch.setattr("delift_core.scoring.packed_model.free_memory", lambda device: 5 * GB)
    assert ready(tiny()).pack_tokens == 64
    assert ready(replace(tiny(), pack_tokens=32)).pack_tokens == 32
    assert asked == [("cpu", 5 * GB)]
