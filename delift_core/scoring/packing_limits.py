"""What keeps a model from being read in packs, from its configuration and code: no weight is read.

A pack reads sequences of all lengths in one way, each token seeing all tokens before it. A model
that reads long sequences in another way is right in packs up to a number of tokens only.
"""

import torch
import transformers
from transformers import AttentionInterface

from delift_core.scoring.probes import UNSUITABLE

COUNTED = "delift_counted"  # a kind of attention that marks the modules it is called by
ATTENTION_LAYERS = {"full_attention", "sliding_attention", "chunked_attention"}
CHUNKS = {  # field of a configuration -> what it limits
    "attention_chunk_size": "its attention stays within chunks",
    "keep_window_size": "its attention leaves out tokens",
    "index_topk": "its attention leaves out tokens",
}


def length_obstacle(config: transformers.PretrainedConfig, context: int) -> str:
    """Why sequences of up to `context` tokens are not read in packs; empty where they can be."""
    text = config.get_text_config(decoder=True)
    limits = [
        (size, "its positions are scaled in another way (LongRoPE)")
        for size in longrope_sizes(text)
    ]
    for field, effect in CHUNKS.items():
        size = getattr(text, field, None)
        if size:
            limits.append((size, effect))
    exceeded = [limit for limit in limits if limit[0] < context]
    if not exceeded:
        return ""
    size, effect = min(exceeded)
    return f"beyond {size:,} tokens {effect}. With a window of {size} tokens packs are used"


def longrope_sizes(config: transformers.PretrainedConfig) -> list[int]:
    """The lengths beyond which LongRoPE's long factors are used; empty for other positions."""
    parameters = getattr(config, "rope_parameters", None) or {}
    by_layer = [value for value in parameters.values() if isinstance(value, dict)]
    return [
        rope["original_max_position_embeddings"]
        for rope in (parameters, *by_layer)
        if rope.get("rope_type") == "longrope"
    ]


def architecture_obstacle(network: transformers.PreTrainedModel) -> str:
    """Why the layers of a network without weights (on meta) are not packed; empty where they can.

    Packing goes through transformers' attention interface. Layers that do not call it with all that
    a pass was given attend by code of their own. Loading the model tells for certain.
    """
    config = network.config.get_text_config(decoder=True)
    kinds = set(getattr(config, "layer_types", None) or ())
    if network._is_stateful or kinds - ATTENTION_LAYERS:
        return "some of its layers are recurrent"
    try:
        packable = layers_calling_interface(network) >= config.num_hidden_layers
    except UNSUITABLE:  # not every network can be run on meta
        packable = network._supports_attention_backend
    if packable:
        return ""
    return "its attention is code of its own"


def layers_calling_interface(network: transformers.PreTrainedModel) -> int:
    """How many modules of a network on meta call the attention interface in one pass."""
    network.set_attn_implementation(COUNTED)
    tokens = torch.zeros(1, 4, dtype=torch.long, device="meta")
    with torch.inference_mode(), torch.device("meta"):
        network(input_ids=tokens, position_ids=tokens, use_cache=False, layout=COUNTED)
    return sum(getattr(part, COUNTED, False) for part in network.modules())


def counted_attention(module, query, key, value, attention_mask, *, layout=None, **options):
    """Mark a module that attends with the layout of the pass; the result has only a shape."""
    setattr(module, COUNTED, layout == COUNTED)
    heads, line = query.shape[1:3]
    return value.new_zeros(1, line, heads, value.shape[-1]), None


AttentionInterface.register(COUNTED, counted_attention)
