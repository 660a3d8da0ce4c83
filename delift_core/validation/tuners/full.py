"""Full fine-tuning: every weight is trained."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.tuners.tuner import Tuner

if TYPE_CHECKING:
    import torch
    import transformers


@dataclass(frozen=True)
class FullOptions:
    """Nothing can be varied about which weights are trained."""


def attach_full(network: "transformers.PreTrainedModel", options: FullOptions) -> "torch.nn.Module":
    """The network itself, all of its weights trainable."""
    return network.requires_grad_(True)


FULL = Tuner(
    name="full",
    title="Full",
    sentence="Every weight of the network is trained.",
    source="ULMFiT, arXiv 1801.06146",
    options=FullOptions,
    attach=attach_full,
    learning_rates=(2e-5, 1e-5),
)
