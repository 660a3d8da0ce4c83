"""The memory that a pack takes, and the largest pack that a device has room for."""

import psutil
import torch
import transformers

from delift_core.scoring.pack_sizes import HELD_PREFIXES, LEAST_PACK, PACK_TOKENS, pack_cells


def working_memory(config: transformers.PretrainedConfig, device: str, pack_tokens: int) -> int:
    """Bytes that one pack of that many tokens needs at most besides the weights.

    4 x (pack tokens x (vocabulary + 3 x inner width + cached) + pack cells x 2 x width): logits,
    the widest layer, what is cached, and the keys and values laid out for attention. Cached are the
    hidden states of every layer for embeddings, or the keys and values of prefixes, whichever is
    more. Counted in float32, which some of them need in any precision.

    Measured while the bundled model scores responses of 400 tokens on a cpu: 1.26 GB in all (1.61
    by this), bfloat16 0.92 (1.23).
    """
    text = config.get_text_config(decoder=True)
    width, layers = text.hidden_size, text.num_hidden_layers
    inner = getattr(text, "intermediate_size", None) or 4 * width
    heads = getattr(text, "num_attention_heads", None) or 1
    groups = getattr(text, "num_key_value_heads", None) or heads
    hidden_states = (layers + 1) * width
    keys_and_values = HELD_PREFIXES * layers * 2 * (width * groups // heads)
    per_token = text.vocab_size + 3 * inner + max(hidden_states, keys_and_values)
    return 4 * (pack_tokens * per_token + pack_cells(device, pack_tokens) * 2 * width)


def fitting_pack(config: transformers.PretrainedConfig, device: str, free: int) -> int:
    """Most tokens of one pack on a device with so many bytes free besides the weights.

    A card has the memory that it has, so the usual pack is halved until it fits, or is the
    smallest there is. Elsewhere memory is shared with other programs, and packs are as usual.
    """
    tokens = PACK_TOKENS[device]
    if device != "cuda":
        return tokens
    while tokens > LEAST_PACK and working_memory(config, device, tokens) > free:
        tokens //= 2
    return tokens


def free_memory(device: str) -> int:
    """Bytes that may still be taken on a device; mps shares the machine's memory."""
    if device != "cuda":
        return psutil.virtual_memory().available
    kept = torch.cuda.memory_reserved() - torch.cuda.memory_allocated()  # by torch, unused
    return torch.cuda.mem_get_info()[0] + kept
