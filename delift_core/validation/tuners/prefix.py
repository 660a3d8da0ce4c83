"""Prefix tuning: learned keys and values that every token of a row attends to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.tuners.tuner import Tuner, require_peft, with_peft

if TYPE_CHECKING:
    import torch
    import transformers

LEARNING_RATES = (1e-2, 5e-3)


@dataclass(frozen=True)
class PrefixOptions:
    """What can be varied about a prefix."""

    tokens: int = 5


def attach_prefix(
    network: "transformers.PreTrainedModel", options: PrefixOptions
) -> "torch.nn.Module":
    """The network with keys and values before each row, drawn from torch's generator.

    Raises MethodUnavailable without peft.
    """
    require_peft("Tuner prefix")
    from peft import PrefixTuningConfig

    config = PrefixTuningConfig(num_virtual_tokens=options.tokens, task_type="CAUSAL_LM")
    return with_peft(network, config)


PREFIX = Tuner(
    name="prefix",
    title="Prefix",
    sentence="Learned keys and values stand before each row in every layer.",
    source="P-Tuning v2, arXiv 2110.07602",
    options=PrefixOptions,
    attach=attach_prefix,
    learning_rates=LEARNING_RATES,
    reads_lines=False,
)
