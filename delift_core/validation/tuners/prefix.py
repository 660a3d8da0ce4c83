"""Prefix tuning: learned keys and values that every token of a row attends to."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.tuners.tuner import Tuner, option, require_peft, with_peft

if TYPE_CHECKING:
    import torch
    import transformers

# The scripts of P-Tuning v2 have 5e-3 to 1e-2 for thousands of steps. Keys and values are drawn
# with a deviation of 1, which the few steps of a validation have to undo: see benchmarks/README.md.
LEARNING_RATES = (1e-1, 5e-2)


@dataclass(frozen=True)
class PrefixOptions:
    """What can be varied about a prefix."""

    tokens: int = option(5, "How many keys and values stand before each row, in every layer.")


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
