"""Prompt tuning: learned embeddings that stand before each row."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from delift_core.validation.tuners.tuner import Tuner, option, require_peft, with_peft

if TYPE_CHECKING:
    import torch
    import transformers


@dataclass(frozen=True)
class PromptOptions:
    """What can be varied about a prompt."""

    tokens: int = option(20, "How many embeddings stand before each row.")


def attach_prompt(
    network: "transformers.PreTrainedModel", options: PromptOptions
) -> "torch.nn.Module":
    """The network with embeddings before each row, those of tokens that torch's generator draws.

    Raises MethodUnavailable without peft.
    """
    require_peft("Tuner prompt")
    from peft import PromptTuningConfig, PromptTuningInit

    config = PromptTuningConfig(
        num_virtual_tokens=options.tokens,
        prompt_tuning_init=PromptTuningInit.SAMPLE_VOCAB,
        task_type="CAUSAL_LM",
    )
    return with_peft(network, config)


PROMPT = Tuner(
    name="prompt",
    title="Prompt",
    sentence="Learned embeddings stand before each row.",
    source="Prompt tuning, arXiv 2104.08691",
    options=PromptOptions,
    attach=attach_prompt,
    learning_rates=(4e-2, 2e-2),
    reads_lines=False,
)
