"""A few seconds of real scoring, from which time, memory and disk of the whole are predicted."""

import time
from collections.abc import Sequence

import numpy as np
import psutil
import torch

from delift_core.data.example import Example
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import scored_packs
from delift_core.scoring.plan import ANSWERED_BLOCK
from delift_core.scoring.prompts import Prompter

CALIBRATION_SECONDS = 3.0


def lengths(prompter: Prompter, examples: Sequence[Example]) -> np.ndarray:
    """(n,) tokens of each example alone, prompt and response."""
    prompts = [prompter.alone(example) for example in examples]
    return np.array([len(prompt.tokens) + len(prompt.response) for prompt in prompts])


def tokens_per_second(model: CausalModel, prompter: Prompter, answered: Sequence[Example], shown: Sequence[Example],
                      seconds: float = CALIBRATION_SECONDS) -> float:
    """The rate over a block of answered examples behind shown ones spread over all of them; the first, a warm-up, is not counted.

    Tokens are those of every pair, as `plan.count_tokens` has them, also where several pairs begin alike and the model reads that once.
    """
    block = answered[:ANSWERED_BLOCK]
    own = lengths(prompter, block)
    spread = [shown[index] for index in np.linspace(0, len(shown) - 1, 32).astype(int)]
    tokens, start, end = 0, time.perf_counter(), time.perf_counter() + seconds
    for turn, example in enumerate(spread):
        prompts = prompter.pairs(example, block)
        for pack, logp, _ in scored_packs(model, prompts):
            tokens += int(own[pack].sum())
            float(logp[0])                                                 # waits for the device
            if time.perf_counter() > end and (turn or tokens):
                return tokens / (time.perf_counter() - start)
        if turn == 0:
            tokens, start = 0, time.perf_counter()
    return tokens / (time.perf_counter() - start)


def used_memory(model: CausalModel) -> int:
    """Bytes in use after the measurement: on the accelerator its peak, otherwise this process."""
    if model.device == "cuda":
        return torch.cuda.max_memory_allocated()
    return psutil.Process().memory_info().rss
