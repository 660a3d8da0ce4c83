"""LoRA: W x + (alpha / rank) B A x beside frozen matrices W; B is 0 at first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.tuners.tuner import (
    Tuner,
    option,
    require_layers,
    require_peft,
    with_peft,
)

if TYPE_CHECKING:
    import torch
    import transformers

ALL_LINEAR = "all-linear"  # every matrix but that of the output layer
ATTENTION = ("q_proj", "k_proj", "v_proj", "o_proj")


@dataclass(frozen=True)
class LoraOptions:
    """What can be varied about LoRA."""

    rank: int = option(8, "The width of the two narrow matrices: more weights to tune.")
    alpha: int = option(16, "What is added to a matrix is multiplied by alpha / rank.")
    dropout: float = option(0.0, "The share of the adapters' inputs that a step leaves out.")
    layers: str | Sequence[str] = option(
        ALL_LINEAR, "all-linear, or the endings of names of matrices: q_proj, v_proj."
    )


def attach_lora(network: "transformers.PreTrainedModel", options: LoraOptions) -> "torch.nn.Module":
    """The network with adapters beside some of its matrices, answering as before.

    A is drawn from torch's generator. Raises MethodUnavailable without peft.
    """
    require_peft("Tuner lora")
    from peft import LoraConfig

    layers = options.layers
    if not isinstance(layers, str):
        layers = list(layers)
        require_layers(network, layers, "lora", f"Name others, or layers={ALL_LINEAR}.")
    config = LoraConfig(
        r=options.rank,
        lora_alpha=options.alpha,
        lora_dropout=options.dropout,
        target_modules=layers,
        task_type="CAUSAL_LM",
    )
    return with_peft(network, config)


def attention_layers(network: "torch.nn.Module") -> str | Sequence[str]:
    """The four matrices of attention where they are called as in Llama, else all matrices."""
    endings = {name.rpartition(".")[2] for name, _ in network.named_modules()}
    if set(ATTENTION) <= endings:
        return ATTENTION
    return ALL_LINEAR


LORA = Tuner(
    name="lora",
    title="LoRA",
    sentence="A product of two narrow matrices is added to every matrix.",
    source="LoRA, arXiv 2106.09685",
    options=LoraOptions,
    attach=attach_lora,
    learning_rates=(2e-4, 4e-4),
)
