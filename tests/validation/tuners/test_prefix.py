"""A prefix acts through attention only: masked, the network answers as without it."""

import pytest
import torch

from delift_core.validation.network import tunable
from delift_core.validation.tuners.prefix import PREFIX, PrefixOptions
from delift_core.validation.tuners.prefix_shared import PREFIX_SHARED, put_prefix_before

TOKENS = torch.tensor([[5, 6, 7, 8, 9]])
OPTIONS = PrefixOptions(tokens=3)


def read_of_prefix(network):
    return network.get_prompt(1)


def read_of_shared_prefix(network):
    return put_prefix_before(network, (), {"input_ids": TOKENS})[1]["past_key_values"]


@pytest.mark.parametrize(
    ("tuner", "read"),
    [(PREFIX, read_of_prefix), (PREFIX_SHARED, read_of_shared_prefix)],
    ids=["prefix", "prefix_shared"],
)
@pytest.mark.parametrize("masked", [True, False], ids=["masked", "seen"])
def test_a_masked_prefix_changes_no_logits(tuner, read, masked, for_tuning):
    plain = for_tuning().network
    tuned = tunable(for_tuning(), tuner, OPTIONS).network
    with torch.no_grad():
        before = plain(input_ids=TOKENS).logits
        prefix = read(tuned)
        mask = torch.ones(1, OPTIONS.tokens + TOKENS.shape[1], dtype=torch.long)
        if masked:
            mask[:, : OPTIONS.tokens] = 0
        after = plain(input_ids=TOKENS, past_key_values=prefix, attention_mask=mask).logits
        if not masked:
            assert torch.allclose(tuned(input_ids=TOKENS).logits, after, atol=1e-5)
    assert torch.allclose(before, after, atol=1e-5) == masked


def test_the_keys_of_a_shared_prefix_are_its_values(for_tuning):
    network = tunable(for_tuning(), PREFIX_SHARED, OPTIONS).network
    for layer in read_of_shared_prefix(network).layers:
        assert torch.equal(layer.keys, layer.values)
        assert layer.keys.shape[2] == OPTIONS.tokens
