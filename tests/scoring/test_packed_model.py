"""A packed model: checked once, its weights shared with the loaded one, which stays as it is."""

import gc
import re
import weakref
from dataclasses import replace

import pytest
import torch

from delift_core.errors import ModelUnavailable
from delift_core.scoring import attention, packed_model
from delift_core.scoring.attention import ATTENTION
from delift_core.scoring.model import load_model
from delift_core.scoring.pack_sizes import PACK_TOKENS
from delift_core.scoring.packed_model import ready
from delift_core.scoring.pairs import (
    scorer_for,
)


def test_a_model_that_looks_ahead_is_refused_each_time_it_is_asked(tiny):
    for _ in range(2):
        with pytest.raises(
            ModelUnavailable,
            match="a bert model cannot be scored .*looks ahead.* Choose a decoder-only",
        ):
            scorer_for(tiny("bert"))


def test_a_model_whose_answers_change_in_packs_is_read_unpacked_and_says_why(
    tiny_folder, monkeypatch
):
    model = load_model(tiny_folder(), device="cpu")
    monkeypatch.setattr(
        attention,
        "append",
        lambda cache, layer, key, value: (
            torch.cat([key[:, :1]] * cache.length + [key], 1),
            torch.cat([value[:, :1]] * cache.length + [value], 1),
        ),
    )
    assert re.fullmatch(
        r"packs change its answers by [\d.]+ in log-probability", ready(model).obstacle
    )
    monkeypatch.undo()
    assert ready(load_model(tiny_folder(), device="cpu")).obstacle == ""


def test_packing_leaves_the_loaded_model_as_it_is_and_shares_every_weight(tiny_folder):
    model = load_model(tiny_folder(), device="cpu")
    before = [(id(weight), weight.clone()) for weight in model.network.parameters()]
    kind = model.network.config._attn_implementation
    network = ready(model).network
    assert network is not model.network
    assert model.network.config._attn_implementation == kind != ATTENTION
    assert network.config._attn_implementation == ATTENTION
    for (key, weight), loaded, shared in zip(
        before, model.network.parameters(), network.parameters(), strict=True
    ):
        assert loaded is shared and id(loaded) == key
        assert torch.equal(loaded.to_dense(), weight.to_dense())


def test_packing_a_model_again_gives_the_same_network_without_another_check(
    tiny_folder, monkeypatch
):
    model = load_model(tiny_folder(), device="cpu")
    first = ready(model)
    monkeypatch.setattr(packed_model, "packing_check", lambda model: pytest.fail("checked again"))
    again, smaller = ready(model), ready(replace(model, pack_tokens=20))
    assert again.network is smaller.network is first.network and again.model is model
    assert (again.pack_tokens, smaller.pack_tokens) == (PACK_TOKENS["cpu"], 20)


def test_a_packed_network_is_let_go_with_the_model_it_came_from(tiny_folder):
    model = load_model(tiny_folder(), device="cpu")
    network = weakref.ref(ready(model).network)
    del model
    gc.collect()
    assert network() is None
