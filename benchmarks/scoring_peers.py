"""Other ways to score the same pairs: the same tokens and weights, another arrangement of the work.

Each gives d(y | x_j, y_j, x), (answered, shown).

`reference` is the procedure of the method's authors as they describe it. The others are what one
would write next.
"""

import copy
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from transformers import DynamicCache

from delift_core.scoring.prompts import Prompt

BATCH = 32  # of the authors' procedure
Columns = Sequence[Sequence[Prompt]]  # [shown][answered]


@dataclass(frozen=True)
class Padded:
    """Rows of unequal length on one rectangle, padded on the right."""

    tokens: torch.Tensor  # (rows, width)
    mask: torch.Tensor  # (rows, width) 1 where a token is

    @classmethod
    def of(cls, rows: Sequence[Sequence[int]], device: torch.device) -> "Padded":
        width = max(map(len, rows))
        padding = [width - len(row) for row in rows]
        tokens = [[*row, *[0] * count] for row, count in zip(rows, padding)]
        mask = [[1] * len(row) + [0] * count for row, count in zip(rows, padding)]
        return cls(torch.tensor(tokens, device=device), torch.tensor(mask, device=device))


def response_distance(logits: torch.Tensor, response: Sequence[int]) -> float:
    """sqrt(mean (1 - p)^2) of a response's tokens. logits: (response or more, vocabulary)."""
    count = len(response)
    labels = torch.tensor(response, device=logits.device)[:, None]  # (response, 1)
    p = logits[:count].float().softmax(-1).gather(1, labels)[:, 0]  # (response,)
    return float((1 - p).square().mean().sqrt())


def batches(rows: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Rows in parts of at most so many."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def matrix(
    score: Callable[[Sequence[Prompt]], Iterator[tuple[int, float]]], columns: Columns
) -> np.ndarray:
    """(answered, shown) from a way to score one column."""
    distances = np.full((len(columns[0]), len(columns)), np.nan)
    with torch.inference_mode():
        for column, prompts in enumerate(columns):
            for row, value in score(prompts):
                distances[row, column] = value
    return distances


def reference(network: torch.nn.Module, columns: Columns) -> np.ndarray:
    """Padded batches of 32 for each shown example, the output layer at every position."""

    def score(prompts):
        for rows in batches(range(len(prompts)), BATCH):
            fed = [prompts[row].tokens + prompts[row].response for row in rows]
            whole = Padded.of(fed, network.device)
            output = network(input_ids=whole.tokens, attention_mask=whole.mask, use_cache=False)
            for logits, row in zip(output.logits, rows):  # (width, vocabulary)
                start = len(prompts[row].tokens) - 1
                yield row, response_distance(logits[start:], prompts[row].response)

    return matrix(score, columns)


def one_at_a_time(network: torch.nn.Module, columns: Columns) -> np.ndarray:
    """Every pair by itself, the output layer at the scored positions only."""

    def score(prompts):
        for row, prompt in enumerate(prompts):
            output = network(
                input_ids=torch.tensor([prompt.fed], device=network.device),
                use_cache=False,
                logits_to_keep=len(prompt.response),
            )
            yield row, response_distance(output.logits[0], prompt.response)

    return matrix(score, columns)


def one_cached(network: torch.nn.Module, columns: Columns) -> np.ndarray:
    """Every pair by itself behind the shown example's cached keys and values."""

    def score(prompts):
        cache, used = prefix_cache(network, prompts)
        for row, prompt in enumerate(prompts):
            output = network(
                input_ids=torch.tensor([prompt.fed[used:]], device=network.device),
                past_key_values=cache,
                logits_to_keep=len(prompt.response),
            )
            yield row, response_distance(output.logits[0], prompt.response)
            cache.crop(used - len(prompt.fed))

    return matrix(score, columns)


def padded(
    network: torch.nn.Module, columns: Columns, size: int, by_length: bool = False
) -> np.ndarray:
    """Padded batches behind the shown example's cached keys and values.

    by_length: whether rows are sorted by length before they are batched.
    """

    def score(prompts):
        prefix, used = prefix_cache(network, prompts)
        order = list(range(len(prompts)))
        if by_length:
            order.sort(key=lambda row: len(prompts[row].fed))
        for rows in batches(order, size):
            cache = copy.deepcopy(prefix)
            cache.batch_repeat_interleave(len(rows))
            fed = Padded.of([prompts[row].fed[used:] for row in rows], network.device)
            seen = torch.ones(len(rows), used, dtype=torch.long, device=network.device)
            mask = torch.cat([seen, fed.mask], dim=1)  # (rows, used + width)
            output = network(input_ids=fed.tokens, attention_mask=mask, past_key_values=cache)
            for logits, row in zip(output.logits, rows):  # (width, vocabulary)
                start = len(prompts[row].tokens) - used - 1
                yield row, response_distance(logits[start:], prompts[row].response)

    return matrix(score, columns)


def prefix_cache(network: torch.nn.Module, prompts: Sequence[Prompt]) -> tuple[DynamicCache, int]:
    """Keys and values of the common prefix of a column's prompts, and its length in tokens."""
    used = len(os.path.commonprefix([prompt.tokens[:-1] for prompt in prompts]))
    output = network(
        input_ids=torch.tensor([prompts[0].tokens[:used]], device=network.device),
        past_key_values=DynamicCache(config=network.config),
        logits_to_keep=1,
    )
    return output.past_key_values, used
