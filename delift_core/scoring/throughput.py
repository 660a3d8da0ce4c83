"""A few seconds of real scoring, from which time, memory and disk of the whole are predicted."""

import time
from collections.abc import Sequence

import numpy as np
import psutil
import torch

from delift_core.data.example import Example
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.plan import ANSWERED_BLOCK
from delift_core.scoring.prompts import Prompter

CALIBRATION_SECONDS = 3.0


def lengths(prompter: Prompter, examples: Sequence[Example]) -> np.ndarray:
    """(n,) tokens of each example alone, prompt and response."""
    prompts = [prompter.alone(example) for example in examples]
    return np.array([len(prompt.tokens) + len(prompt.response) for prompt in prompts])


def tokens_per_second(
    model: CausalModel,
    prompter: Prompter,
    answered: Sequence[Example],
    shown: Sequence[Example],
    seconds: float = CALIBRATION_SECONDS,
) -> float:
    """The rate over blocks of answered examples behind shown ones, both spread over all of them;
    the first, a warm-up, is not counted.

    Tokens are counted as `plan.count_tokens` does, those of every pair: where a block's examples
    begin alike, which the model reads once, the rate is the higher for it. A column that is not
    finished when the time is up is charged all that it begins with.
    """
    tokens, start, end = 0, time.perf_counter(), time.perf_counter() + seconds
    for turn, (top, at) in enumerate(
        zip(spread(len(answered) - ANSWERED_BLOCK + 1), spread(len(shown)))
    ):
        block = answered[top : top + ANSWERED_BLOCK]
        own, prompts = lengths(prompter, block), prompter.pairs(shown[at], block)
        tokens += int(lengths(prompter, [shown[at]])[0])
        for pack, logp, _ in scored_packs(model, prompts):
            tokens += int(own[pack].sum())
            float(logp[0])  # waits for the device
            if time.perf_counter() > end:
                return tokens / (time.perf_counter() - start)
        if turn == 0:
            tokens, start = 0, time.perf_counter()
    return tokens / (time.perf_counter() - start)


def spread(count: int, places: int = 32) -> list[int]:
    """Places from the first to the last of so many, or the first alone."""
    return np.linspace(0, max(count - 1, 0), places).astype(int).tolist()


def used_memory(model: CausalModel) -> int:
    """Bytes in use after the measurement: on the accelerator its peak, otherwise this process."""
    if model.device == "cuda":
        return torch.cuda.max_memory_allocated()
    return psutil.Process().memory_info().rss
