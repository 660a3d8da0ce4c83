"""Log-probabilities of responses, one ordinary forward pass a sequence.

For models that packs cannot pass through: recurrent ones, and those whose attention is their own
code. What a sequence is given depends on nothing but the sequence.
"""

import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import transformers

from delift_core.scoring.model import CausalModel
from delift_core.scoring.probes import label_log_probabilities
from delift_core.scoring.prompts import Prompt
from delift_core.scoring.scored_pack import ScoredPack


@dataclass(frozen=True, eq=False)
class UnpackedModel:
    """A causal model that reads one sequence at a time; made by `packed_model.ready`."""

    model: CausalModel
    obstacle: str  # why it is not read in packs

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def device(self) -> str:
        return self.model.device

    @property
    def network(self) -> transformers.PreTrainedModel:
        return self.model.network

    @property
    def pack_tokens(self) -> None:
        """No pack is ever made."""
        return None


def scored_sequences(
    model: UnpackedModel, prompts: Sequence[Prompt], with_hidden: bool = False
) -> Iterator[ScoredPack]:
    """Score every response that is not empty, one pack a prompt, in the order of the prompts.

    with_hidden: give the last hidden states of every token that was fed as well.
    """
    for row, prompt in enumerate(prompts):
        if prompt.response:
            yield ScoredPack([row], *score_sequence(model.network, prompt, with_hidden))


@torch.inference_mode()
def score_sequence(
    network: transformers.PreTrainedModel, prompt: Prompt, with_hidden: bool = False
) -> tuple[torch.Tensor, torch.Tensor]:
    """(log-probabilities, hidden states) of one prompt, as `ScoredPack` has them.

    The whole sequence is read, its last token too: models that read long sequences in another way
    go by its length.
    """
    tokens = torch.tensor([prompt.tokens + prompt.response], device=network.device)  # (1, line)
    kept = len(prompt.response) + 1  # the last token predicts nothing that is scored
    options = {}
    if "logits_to_keep" in inspect.signature(network.forward).parameters:
        options["logits_to_keep"] = kept
    output = network(input_ids=tokens, use_cache=False, output_hidden_states=with_hidden, **options)
    logits = output.logits[0, -kept:-1]  # (response, vocabulary)
    labels = tokens[0, len(prompt.tokens) :]  # (response,)
    hidden = torch.empty(0)
    if with_hidden:
        hidden = output.hidden_states[-1][0, : len(prompt.fed)]  # (line, width)
    return label_log_probabilities(logits, labels), hidden
