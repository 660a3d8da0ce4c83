"""Weights laid out for the processor: the same answers, no more held than is meant to be, and
nothing touched that it is not for.
"""

import pytest
import torch

from delift_core.errors import ModelUnavailable
from delift_core.scoring import onednn
from delift_core.scoring.model import load_model
from delift_core.scoring.onednn import (
    LaidOutCopy,
    LaidOutLinear,
    MixedLinear,
    lay_out_weights,
    restore_weights,
)
from delift_core.scoring.pairs import scorer_for


def network(outputs=7, bias=True, dtype=torch.float32):
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(5, 6, bias=bias), torch.nn.SiLU(), torch.nn.Linear(6, outputs)
    ).to(dtype)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("rows", [1, 3, 700])
def test_a_network_answers_the_same_with_its_weights_laid_out(bias, rows):
    plain = network(bias=bias)
    states = torch.randn(1, rows, 5)
    before = plain(states)
    lay_out_weights(plain)
    assert type(plain[0]) is LaidOutLinear
    with torch.inference_mode():
        torch.testing.assert_close(plain(states), before, rtol=1e-5, atol=1e-6)


def test_the_number_of_weights_is_still_told():
    plain = network()
    count = sum(weight.numel() for weight in plain.parameters())
    lay_out_weights(plain)
    assert sum(weight.numel() for weight in plain.parameters()) == count


def test_a_matrix_that_is_also_an_embedding_stays_as_it_is():
    tied = torch.nn.ModuleDict(
        {
            "embed": torch.nn.Embedding(9, 5),
            "inner": torch.nn.Linear(5, 5),
            "head": torch.nn.Linear(5, 9, bias=False),
        }
    )
    tied["head"].weight = tied["embed"].weight
    lay_out_weights(tied)
    assert type(tied["head"]) is torch.nn.Linear and tied["head"].weight is tied["embed"].weight
    assert type(tied["inner"]) is LaidOutLinear


class Tied(torch.nn.Module):
    """An embedding that is its own output layer."""

    def __init__(self):
        super().__init__()
        self.embed, self.head = torch.nn.Embedding(9, 5), torch.nn.Linear(5, 9, bias=False)
        self.head.weight = self.embed.weight

    def get_output_embeddings(self):
        return self.head


@pytest.mark.parametrize(("most", "kind"), [(9 * 5, LaidOutCopy), (9 * 5 - 1, torch.nn.Linear)])
def test_an_output_layer_that_is_also_the_embedding_has_a_copy_laid_out_where_that_is_small(
    most, kind, monkeypatch
):
    monkeypatch.setattr(onednn, "LARGEST_COPY", most)
    tied, states = Tied(), torch.randn(1, 3, 5)
    before, count = tied.head(states), sum(weight.numel() for weight in tied.parameters())
    lay_out_weights(tied)
    assert (
        type(tied.head) is kind
        and tied.head.weight is tied.embed.weight
        and tied.embed.weight.layout is torch.strided
    )
    assert sum(weight.numel() for weight in tied.parameters()) == count
    with torch.inference_mode():
        torch.testing.assert_close(tied.head(states), before)


def test_where_no_copy_can_be_laid_out_none_is_kept(monkeypatch):
    monkeypatch.setattr(onednn, "lays_out", lambda dtype: False)
    tied = Tied()
    lay_out_weights(tied)
    assert (
        type(tied.head) is torch.nn.Linear
        and not hasattr(tied.head, "laid_out_weight")
        and tied.head.weight is tied.embed.weight
    )


def test_other_precisions_and_kinds_of_layer_stay_as_they_are():
    half = network(dtype=torch.bfloat16)
    lay_out_weights(half)
    assert type(half[0]) is torch.nn.Linear

    class Special(torch.nn.Linear):
        """A layer that does something of its own."""

    special = torch.nn.Sequential(Special(5, 5))
    lay_out_weights(special)
    assert type(special[0]) is Special


def test_laying_out_twice_is_laying_out_once():
    twice = network()
    lay_out_weights(twice)
    first = twice[0].weight
    lay_out_weights(twice)
    assert twice[0].weight is first


def test_no_weight_is_left_in_the_file_it_was_mapped_from(tmp_path):
    """Otherwise the whole file would count as used memory for the sake of one embedding."""
    from safetensors.torch import load_file, save_file

    save_file(network().state_dict(), tmp_path / "model.safetensors")
    mapped = network()
    mapped.load_state_dict(load_file(tmp_path / "model.safetensors"), assign=True)
    places = {weight.data_ptr() for weight in mapped.parameters()}
    lay_out_weights(mapped)
    left = [
        weight
        for weight in mapped.parameters()
        if weight.layout is torch.strided and weight.data_ptr() in places
    ]
    assert left == []


@pytest.mark.parametrize("bias", [True, False])
def test_a_mixed_layer_rounds_its_factors_to_bfloat16_and_nothing_else(bias):
    layer = torch.nn.Linear(5, 6, bias=bias)
    layer.get_output_embeddings = lambda: None
    states = torch.randn(1, 40, 5)
    exact = layer(states)
    rounded = states.bfloat16().float() @ layer.weight.bfloat16().float().T
    lay_out_weights(layer, "mixed")
    with torch.inference_mode():
        product = layer(states)
    assert type(layer) is MixedLinear and product.dtype is torch.float32
    if bias:
        rounded = rounded + layer.bias
    # the product itself is rounded once
    torch.testing.assert_close(product, rounded, rtol=2**-8, atol=2**-8)
    assert 0 < (product - exact).abs().max() < 0.1


def test_a_mixed_model_keeps_its_output_layer_its_norms_and_its_embeddings_in_float32(tiny):
    model = tiny("llama", dtype="mixed")
    scorer_for(model)
    network = model.network
    inner = [
        part
        for part in network.modules()
        if isinstance(part, torch.nn.Linear) and part is not network.get_output_embeddings()
    ]
    assert inner and {type(part) for part in inner} == {MixedLinear}
    assert {part.weight.dtype for part in inner} == {torch.bfloat16}
    others = [
        weight
        for name, weight in network.named_parameters()
        if not any(weight is part.weight for part in inner)
    ]
    assert others and {weight.dtype for weight in others} == {torch.float32}
    assert type(network.get_output_embeddings()) in (LaidOutLinear, LaidOutCopy)


def test_a_model_in_which_mixed_precision_would_round_nothing_is_refused(tiny):
    with pytest.raises(
        ModelUnavailable,
        match=(
            "mixed precision finds no matrix to round in a model of this kind. Choose float32 or"
            " bfloat16."
        ),
    ):
        scorer_for(tiny("gpt2", dtype="mixed"))


def test_where_torch_has_no_such_library_the_answers_are_the_same(monkeypatch):
    plain, states = network(), torch.randn(1, 3, 5)
    before = plain(states)
    monkeypatch.setattr(onednn.torch.ops, "mkldnn", object())
    lay_out_weights(plain)
    assert plain[0].weight.layout is torch.strided
    torch.testing.assert_close(plain(states), before)


def test_a_layout_that_changes_answers_is_refused_before_anything_is_scored(
    tiny_folder, monkeypatch
):
    def spoilt(weight):
        return weight.flip(0)

    monkeypatch.setattr(onednn, "laid_out", spoilt)
    with pytest.raises(
        ModelUnavailable, match="laying out its weights .* changes its answers by .* in log-prob"
    ):
        scorer_for(load_model(tiny_folder(), device="cpu"))


def test_weights_that_were_laid_out_become_plain_again_bit_by_bit():
    plain = network()
    before = [part.weight.detach().clone() for part in plain if hasattr(part, "weight")]
    lay_out_weights(plain)
    restore_weights(plain)
    after = [part.weight for part in plain if hasattr(part, "weight")]
    assert not any("LaidOut" in type(part).__name__ for part in plain.modules())
    assert all(map(torch.equal, before, after))
