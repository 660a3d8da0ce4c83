"""What a forward pass gives for the prompts that it read together."""

from typing import NamedTuple

import torch


class ScoredPack(NamedTuple):
    """The responses of one pack, scored."""

    rows: list[int]  # numbers of its prompts
    # (scored,) float32, log-probabilities of the response tokens, row behind row
    log_probabilities: torch.Tensor
    # (line, width), last layer of every token that was fed; (0,) where it is not requested
    hidden: torch.Tensor
