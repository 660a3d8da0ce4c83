"""A few seconds of real scoring, from which time, memory and disk of the whole are predicted."""

import time
from collections.abc import Sequence

import numpy as np
import psutil
import torch

from delift_core.data.example import Example
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.pairs import Scorer
from delift_core.scoring.plan import ANSWERED_BLOCK
from delift_core.scoring.prompts import Prompter

MEASURED_SECONDS = 3.0
MEASURED_BLOCKS = 32  # at most, spread over all examples


def token_counts(prompter: Prompter, examples: Sequence[Example]) -> np.ndarray:
    """(n,) tokens of each example alone, prompt and response."""
    prompts = [prompter.alone(example) for example in examples]
    return np.array([len(prompt.tokens) + len(prompt.response) for prompt in prompts])


def measure_throughput(
    scorer: Scorer,
    answered: Sequence[Example],
    shown: Sequence[Example],
    seconds: float = MEASURED_SECONDS,
) -> float:
    """Tokens per second over blocks of answered examples behind shown ones, spread over all.

    The first block, a warm-up, is not counted. Tokens are counted as `plan.count_tokens` does,
    those of every pair: where the prompts of a block have a common prefix, which the model reads
    once, the rate is the higher for it. A column that is not finished when the time is up is
    charged all of its shown example, or its share of it where the model reads it once a pair.
    """
    prompter = scorer.prompter
    tokens = 0
    start = time.perf_counter()
    end = start + seconds
    blocks = zip(spread(len(answered) - ANSWERED_BLOCK + 1), spread(len(shown)))
    for number, (top, column) in enumerate(blocks):
        block = answered[top : top + ANSWERED_BLOCK]
        own = token_counts(prompter, block)  # (block,)
        prompts = prompter.pairs(shown[column], block)
        pairs_left = sum(bool(prompt.response) for prompt in prompts)
        left = int(token_counts(prompter, [shown[column]])[0])  # of the shown example, uncharged
        for pack, log_probabilities, _ in scored_packs(scorer.model, prompts):
            charged = left
            if scorer.model.obstacle:
                charged = left * len(pack) // pairs_left
            left -= charged
            pairs_left -= len(pack)
            tokens += charged + int(own[pack].sum())
            float(log_probabilities[0])  # waits for the device
            if time.perf_counter() > end:
                return tokens / (time.perf_counter() - start)
        if number == 0:
            tokens = 0
            start = time.perf_counter()
    return tokens / (time.perf_counter() - start)


def spread(count: int, most: int = MEASURED_BLOCKS) -> list[int]:
    """Indices from the first to the last of `count`, or the first alone."""
    return np.linspace(0, max(count - 1, 0), most).astype(int).tolist()


def memory_in_use(device: str) -> int:
    """Bytes in use after the measurement: on the accelerator its peak, otherwise this process."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return psutil.Process().memory_info().rss
