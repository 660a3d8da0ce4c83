"""A few seconds of real scoring, from which time, memory and disk of the whole are predicted."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import psutil
import torch

from delift_core.data.example import Example
from delift_core.scoring.packing import scored_packs
from delift_core.scoring.pairs import Scorer
from delift_core.scoring.plan import ANSWERED_BLOCK
from delift_core.scoring.prompts import Prompt, Prompter

MEASURED_SECONDS = 3.0
MEASURED_BLOCKS = 32  # at most, spread over all examples


def token_counts(prompter: Prompter, examples: Sequence[Example]) -> np.ndarray:
    """(n,) tokens of each example alone, prompt and response."""
    prompts = [prompter.alone(example) for example in examples]
    return np.array([len(prompt.tokens) + len(prompt.response) for prompt in prompts])


@dataclass(frozen=True, eq=False)
class Block:
    """Prompts that are read together."""

    prompts: list[Prompt]
    own: np.ndarray  # (prompts,) tokens of each answered example alone
    shown: int  # tokens of the shown examples alone


EMPTY = Block([], np.array([], np.int64), 0)


def measure_throughput(
    scorer: Scorer,
    answered: Sequence[Example],
    shown: Sequence[Example],
    seconds: float = MEASURED_SECONDS,
) -> float:
    """Tokens per second over blocks of answered examples behind shown ones, spread over all.

    The first block, a warm-up, is not counted. Tokens are counted as `plan.count_tokens` does,
    those of every pair: where the prompts of a block have a common prefix, which the model reads
    once, the rate is the higher for it. A block that is not finished when the time is up is charged
    all of its shown examples, or its share of them where the model reads them once a pair.
    """
    tokens = 0
    start = time.perf_counter()
    end = start + seconds
    for number, block in enumerate(blocks_of(scorer, answered, shown)):
        pairs_left = sum(bool(prompt.response) for prompt in block.prompts)
        left = block.shown  # uncharged
        for pack, log_probabilities, _ in scored_packs(scorer.model, block.prompts):
            charged = left
            if scorer.model.obstacle:
                charged = left * len(pack) // pairs_left
            left -= charged
            pairs_left -= len(pack)
            tokens += charged + int(block.own[pack].sum())
            float(log_probabilities[0])  # waits for the device
            if time.perf_counter() > end:
                return tokens / (time.perf_counter() - start)
        if number == 0:
            tokens = 0
            start = time.perf_counter()
    return tokens / (time.perf_counter() - start)


def blocks_of(
    scorer: Scorer, answered: Sequence[Example], shown: Sequence[Example]
) -> Iterator[Block]:
    """Answered examples behind a shown one, the warm-up, then behind as many as fill a pack."""
    prompter, full = scorer.prompter, scorer.model.pack_tokens or 0
    block = EMPTY
    tops, columns = spread(len(answered) - ANSWERED_BLOCK + 1), spread(len(shown))
    for number, (top, column) in enumerate(zip(tops, columns)):
        rows = answered[top : top + ANSWERED_BLOCK]
        block = Block(
            block.prompts + prompter.pairs(shown[column], rows),
            np.concatenate([block.own, token_counts(prompter, rows)]),
            block.shown + int(token_counts(prompter, [shown[column]])[0]),
        )
        if number == 0 or block.own.sum() >= full:
            yield block
            block = EMPTY
    if block.prompts:
        yield block


def spread(count: int, most: int = MEASURED_BLOCKS) -> list[int]:
    """Indices from the first to the last of `count`, or the first alone."""
    return np.linspace(0, max(count - 1, 0), most).astype(int).tolist()


def memory_in_use(device: str) -> int:
    """Bytes in use after the measurement: on the accelerator its peak, otherwise this process."""
    if device == "cuda":
        return torch.cuda.max_memory_allocated()
    return psutil.Process().memory_info().rss
