"""What a model is and what scoring with it needs, from its configuration: no weight is read."""

from dataclasses import dataclass
from pathlib import Path

import huggingface_hub
import torch
import transformers
from transformers.utils import SAFE_WEIGHTS_INDEX_NAME, SAFE_WEIGHTS_NAME

from delift_core.errors import ModelUnavailable
from delift_core.scoring.memory import fitting_pack, free_memory, working_memory
from delift_core.scoring.model import (
    UNLIMITED,
    check_choices,
    context_length,
    pick_device,
    torch_dtype,
)
from delift_core.scoring.model_files import (
    BUNDLED,
    LOADING_ERRORS,
    model_source,
    quiet_loading,
    read_tokenizer,
    reading_options,
    unavailable_sentence,
)
from delift_core.scoring.onednn import lays_out, tied_output
from delift_core.scoring.packing_limits import architecture_obstacle, length_obstacle
from delift_core.scoring.templates import template_name
from delift_core.scoring.text_part import loader_for, text_part

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
    obstacle: str = ""  # why it is read one sequence at a time, not in packs; empty where it is


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
    device = pick_device(device)
    source = model_source(name)
    config, tokenizer, network = read_outline(source, name, revision)
    parameters = sum(weight.numel() for weight in network.parameters())
    weights = parameters * torch_dtype(dtype).itemsize
    free = free_memory(device)
    pack_tokens = fitting_pack(config, device, free - weights)
    memory = weights + working_memory(config, device, pack_tokens)
    if device == "cpu":
        memory += LIBRARIES + output_copy(network, dtype)
    window = min(context_length(config), context or UNLIMITED)
    return Description(
        parameters=parameters,
        context=window,
        architecture=type(network).__name__,
        weights=weights,
        memory=memory,
        free=free,
        device=device,
        local=is_local(source, revision),
        template=str(template_name("auto", tokenizer)),
        obstacle=architecture_obstacle(network) or length_obstacle(config, window),
    )


def read_outline(source: str, name: str, revision: str | None):
    """(configuration, tokenizer, network without weights).

    Raises ModelUnavailable with the sentence that loading it would give.
    """
    options = reading_options(source, name, revision)
    try:
        with quiet_loading(), torch.device("meta"):
            config = transformers.AutoConfig.from_pretrained(source, **options)
            tokenizer = read_tokenizer(source, options)
            network = loader_for(name, config).from_config(config, trust_remote_code=False)
            network = text_part(network)
    except LOADING_ERRORS as reason:
        raise ModelUnavailable(unavailable_sentence(source, name, reason)) from reason
    return config, tokenizer, network


def output_copy(network: torch.nn.Module, dtype: str) -> int:
    """Bytes of the output layer that the cpu holds a second time, laid out for its library."""
    if torch_dtype(dtype) is not torch.float32 or not lays_out(torch.float32):
        return 0
    output = tied_output(network)
    if output is None:
        return 0
    return output.weight.numel() * torch_dtype(dtype).itemsize


def is_local(source: str, revision: str | None) -> bool:
    """Whether the weights are on this machine: in a folder, or in the hub's cache."""
    files = (SAFE_WEIGHTS_NAME, SAFE_WEIGHTS_INDEX_NAME)
    return Path(source).is_dir() or any(
        isinstance(huggingface_hub.try_to_load_from_cache(source, file, revision=revision), str)
        for file in files
    )
