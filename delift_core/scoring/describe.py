"""What a model is and what scoring with it would need, told from its configuration: no weight is
read.
"""

from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
import psutil
import torch
import transformers
from transformers.utils import SAFE_WEIGHTS_INDEX_NAME, SAFE_WEIGHTS_NAME

from delift_core.errors import ModelUnavailable
from delift_core.scoring.model import (
    BUNDLED,
    DTYPES,
    LOADING_ERRORS,
    UNLIMITED,
    check_choices,
    context_length,
    pick_device,
    quiet_loading,
    reading_options,
    source_of,
    why_unavailable,
)
from delift_core.scoring.onednn import lays_out, tied_output
from delift_core.scoring.packing import HELD, LINE_TOKENS, REACH
from delift_core.scoring.templates import template_name

# bytes that torch and transformers take before any model is loaded: 385 MB measured, and some room
LIBRARIES = 450_000_000


@dataclass(frozen=True)
class Description:
    """A model before it is loaded. Memory is in bytes."""

    parameters: int
    context: int  # longest sequence, in tokens
    architecture: str
    weights: int  # in the precision asked for, whatever the files hold
    memory: int  # to score: weights, working memory and, on the cpu, the libraries
    free: int  # on the device
    device: str
    local: bool  # its weights are on this machine
    template: str  # the one that "auto" is


def describe_model(
    name: str = BUNDLED,
    *,
    dtype: str = "float32",
    device: str = "auto",
    revision: str | None = None,
    context: int | None = None,
) -> Description:
    """What `load_model` with the same arguments would give.

    Raises as it does for a model or a choice that does not exist.
    """
    check_choices(dtype, context)
    device, source = pick_device(device), source_of(name)
    config, tokenizer, network = read_outline(source, name, revision)
    parameters = sum(weight.numel() for weight in network.parameters())
    weights = parameters * DTYPES[dtype].itemsize
    libraries = LIBRARIES + copied(network, dtype) if device == "cpu" else 0
    return Description(
        parameters,
        min(context_length(config), context or UNLIMITED),
        type(network).__name__,
        weights,
        weights + working_memory(config, device) + libraries,
        free_memory(device),
        device,
        is_local(source, revision),
        str(template_name("auto", tokenizer)),
    )


def read_outline(source: str, name: str, revision: str | None):
    """(configuration, tokenizer, network without weights); refused in the words in which loading it
    would be.
    """
    options = reading_options(source, name, revision)
    try:
        with quiet_loading(), torch.device("meta"):
            config = transformers.AutoConfig.from_pretrained(source, **options)
            tokenizer = transformers.AutoTokenizer.from_pretrained(source, **options)
            return (
                config,
                tokenizer,
                transformers.AutoModelForCausalLM.from_config(config, trust_remote_code=False),
            )
    except LOADING_ERRORS as reason:
        raise ModelUnavailable(why_unavailable(source, name, reason)) from reason


def working_memory(config: transformers.PretrainedConfig, device: str) -> int:
    """Bytes that one pack of the largest size needs besides the weights.

    4 x (line x (vocabulary + 3 x inner width + kept) + reach x 2 x width): logits, the widest
    layer, what is kept, and the keys and values laid out for attention. Kept are the hidden states
    of every layer for embeddings, or the keys and values of what prompts begin with, whichever is
    more. Counted in float32, which some of them need in any precision. Measured while the bundled
    model scores responses of 400 tokens on a cpu: 1.26 GB in all (1.61 by this), bfloat16 0.92
    (1.23).
    """
    text, line = config.get_text_config(decoder=True), LINE_TOKENS[device]
    inner, layers = (
        getattr(text, "intermediate_size", None) or 4 * text.hidden_size,
        text.num_hidden_layers,
    )
    heads = getattr(text, "num_attention_heads", None) or 1
    grouped = text.hidden_size * (getattr(text, "num_key_value_heads", None) or heads) // heads
    per_token = (
        text.vocab_size
        + 3 * inner
        + max((layers + 1) * text.hidden_size, HELD * layers * 2 * grouped)
    )
    return 4 * (line * per_token + REACH[device] * 2 * text.hidden_size)


def copied(network: torch.nn.Module, dtype: str) -> int:
    """Bytes of the output layer that the cpu is given a second time, laid out for its matrix
    library.
    """
    output = (
        tied_output(network) if DTYPES[dtype] is torch.float32 and lays_out(torch.float32) else None
    )
    return 0 if output is None else output.weight.numel() * DTYPES[dtype].itemsize


def free_memory(device: str) -> int:
    """Bytes that may still be taken on a device; mps shares the machine's memory."""
    return torch.cuda.mem_get_info()[0] if device == "cuda" else psutil.virtual_memory().available


def is_local(source: str, revision: str | None) -> bool:
    """Whether the weights are on this machine: in a folder, or in the hub's cache."""
    files = (SAFE_WEIGHTS_NAME, SAFE_WEIGHTS_INDEX_NAME)
    return Path(source).is_dir() or any(
        isinstance(huggingface_hub.try_to_load_from_cache(source, file, revision=revision), str)
        for file in files
    )
