"""A prefix whose keys are its values too: half the weights of a prefix."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from delift_core.validation.tuners.prefix import LEARNING_RATES, PrefixOptions
from delift_core.validation.tuners.tuner import Tuner, option

if TYPE_CHECKING:
    import torch
    import transformers

VECTORS = "prefix"  # what they are called among the weights of a network


@dataclass(frozen=True)
class PrefixSharedOptions(PrefixOptions):
    """What can be varied about a prefix whose keys are its values."""

    pruned: float = option(
        0.0,
        "Share of the vectors, rounded up, that is left out after a first training: those that"
        " matter least. The others are trained anew from where they began, which takes twice as"
        " long as training once. One vector at least stays.",
        recorded_as_usual=False,
    )

    def pruned_vectors(self) -> int:
        """How many vectors are left out."""
        return min(math.ceil(round(self.pruned * self.tokens, 9)), self.tokens - 1)


def attach_prefix_shared(
    network: "transformers.PreTrainedModel", options: PrefixSharedOptions
) -> "torch.nn.Module":
    """The network with vectors before each row, drawn from torch's generator."""
    import torch

    config = network.config.get_text_config()
    heads = getattr(config, "num_key_value_heads", config.num_attention_heads)
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    shape = (config.num_hidden_layers, heads, options.tokens, width)
    prefix = torch.randn(shape, device=network.device, dtype=network.dtype)
    network.register_parameter(VECTORS, torch.nn.Parameter(prefix))
    network.register_forward_pre_hook(put_prefix_before, with_kwargs=True)
    return network


def put_prefix_before(
    network: "transformers.PreTrainedModel", given: tuple[Any, ...], options: dict[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """What the network is called with: the prefix stands for tokens that it has read already.

    One that generates gives what it has read and a mask, both without the prefix.
    """
    import transformers
    from torch.nn.functional import pad

    prefix = network.get_parameter(VECTORS)  # (layers, heads, tokens, width)
    read = options.get("past_key_values")
    if read is None:
        read = transformers.DynamicCache(config=network.config.get_text_config())
    if not read.get_seq_length():
        for layer, vectors in enumerate(prefix):
            rows = vectors.expand(len(options["input_ids"]), -1, -1, -1)
            read.update(rows, rows, layer)  # its keys, its values
    changed = {**options, "past_key_values": read}
    tokens = prefix.shape[2]
    if (mask := options.get("attention_mask")) is not None:
        changed["attention_mask"] = pad(mask, (tokens, 0), value=1)  # (rows, read)
    if (positions := options.get("position_ids")) is not None:
        changed["position_ids"] = positions + tokens
    return given, changed


PREFIX_SHARED = Tuner(
    name="prefix_shared",
    title="Shared prefix",
    sentence="Learned vectors, each both a key and a value, stand before each row in every layer.",
    source="E²VPT, arXiv 2307.13770",
    options=PrefixSharedOptions,
    attach=attach_prefix_shared,
    pruned_vectors=PrefixSharedOptions.pruned_vectors,
    learning_rates=LEARNING_RATES,
    reads_lines=False,
)
