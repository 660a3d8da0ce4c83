"""Step 4 of scoring: how well the model answers each example alone, and behind each shown one.

    distance     d(p) = ||1 - p||_2 / sqrt(T)
                 p = probability of each of the T scored answer tokens (DELIFT, equation 1)
    utility      U[i, j] = d(y_i | x_i) - d(y_i | x_j, y_j, x_i)
    information  P[i, j] = mean_t log p(y_it | x_j, y_j, x_i) - mean_t log p(y_it | x_i)
                 (DELIFT, theorem 1)

All three come from the same pass. A tile is a block of answered by a block of shown examples; it
depends on nothing but its texts, the model and the template, so any number of processes may score
tiles in any order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from delift_core.data.example import Example
from delift_core.scoring.device_copies import on_device
from delift_core.scoring.embeddings import weighted_mean
from delift_core.scoring.kernel import Alone, Unprompted
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packed_model import ready
from delift_core.scoring.packing import ReadyModel, scored_packs
from delift_core.scoring.plan import Tile
from delift_core.scoring.prompts import Prompt, Prompter
from delift_core.scoring.templates import template_name

Advance = Callable[[int], None]  # called with how many more pairs (or examples) are done
READ_TOGETHER = 2048  # pairs whose prompts are held at a time


@dataclass(frozen=True, eq=False)
class Scorer:
    """What turns examples into scores: a model ready to score and the writer of its prompts."""

    model: ReadyModel
    prompter: Prompter


@dataclass(frozen=True, eq=False)
class KernelTask:
    """What the tiles of one kernel are scored from."""

    answered: Sequence[Example]
    shown: Sequence[Example]
    alone: Alone  # the pass over each answered example by itself
    # (answered, shown) bool, the pairs to score, dense or CSC; None: all
    mask: Any = None


def scorer_for(model: CausalModel, template: str = "auto") -> Scorer:
    """The scorer of a model and a template; raises ModelUnavailable for one that is not causal."""
    return Scorer(ready(model), prompter_for(model, template))


def prompter_for(model: CausalModel, template: str = "auto") -> Prompter:
    """The writer of a model's prompts under a template."""
    name = template_name(template, model.tokenizer)
    return Prompter(model.tokenizer, name, model.context, model.embedded)


def score_alone(
    scorer: Scorer, examples: Sequence[Example], progress: Advance = lambda done: None
) -> Alone:
    """One pass over examples by themselves: distance, log-probability, token counts, embeddings.

    progress: called with the number of examples just finished.
    """
    model, prompter = scorer.model, scorer.prompter
    prompts = [prompter.alone(example) for example in examples]
    # (distance and log-probability, n)
    scores = torch.full((2, len(prompts)), torch.nan, device=model.device)
    width = model.network.config.get_text_config(decoder=True).hidden_size
    embeddings = torch.zeros(len(prompts), width, device=model.device)
    for pack, log_probabilities, hidden in scored_packs(model, prompts, with_hidden=True):
        responses = [len(prompts[row].response) for row in pack]
        scores[:, pack] = reduce_tokens(log_probabilities, responses)
        if hidden.shape[1] != embeddings.shape[1]:  # states that are projected at the end
            embeddings = embeddings.new_zeros(len(prompts), hidden.shape[1])
        lines = hidden.split([len(prompts[row].fed) for row in pack])  # (tokens, width) each
        for row, line in zip(pack, lines):
            embeddings[row] = weighted_mean(line, prompts[row].head)
        progress(len(pack))
    progress(sum(not prompt.response for prompt in prompts))
    distance, log_probability = scores.cpu().numpy()  # (n,) each
    return Alone(
        distance=distance,
        log_probability=log_probability,
        response_tokens=np.array([len(prompt.response) for prompt in prompts]),
        prompt_tokens=np.array([len(prompt.tokens) for prompt in prompts]),
        truncated=np.array([prompt.truncated for prompt in prompts]),
        embedding=embeddings.cpu().numpy(),
    )


def score_tile(
    scorer: Scorer, task: KernelTask, tile: Tile, progress: Advance = lambda done: None
) -> np.ndarray:
    """(3, rows, columns) float32: utility, information, and 1 where the pair was truncated.

    Where the mask is a CSC array, (3, pairs) of the tile, column by column. Unscorable pairs are
    NaN in the first two planes, pairs outside a dense mask in all three. progress: called with the
    number of pairs just finished.
    """
    behind = requested_rows(task.mask, tile)
    planes = score_pairs(scorer, task, tile, behind, progress)  # (3, pairs)
    if task.mask is not None and not isinstance(task.mask, np.ndarray):
        return planes
    columns = np.repeat(np.arange(len(behind)), [len(rows) for rows in behind])  # (pairs,)
    # (3, rows, columns)
    whole = np.full((3, tile.rows.stop - tile.rows.start, len(behind)), np.nan, np.float32)
    whole[:, np.concatenate(behind), columns] = planes
    return whole


def requested_rows(mask: Any, tile: Tile) -> list[np.ndarray]:
    """The rows of a tile that are to be scored behind each of its shown examples.

    mask: (answered, shown) bool, dense or CSC; None: all.
    """
    if mask is None:
        every = np.arange(tile.rows.stop - tile.rows.start)  # (rows,)
        return [every] * (tile.columns.stop - tile.columns.start)
    if isinstance(mask, np.ndarray):
        return [np.flatnonzero(column) for column in mask[tile.rows, tile.columns].T]
    lists = mask[tile.rows, tile.columns]  # (rows, columns)
    return np.split(lists.indices, lists.indptr[1:-1])


def score_pairs(
    scorer: Scorer, task: KernelTask, tile: Tile, behind: Sequence[np.ndarray], progress: Advance
) -> np.ndarray:
    """(3, pairs) float32 of some pairs of a tile, column by column.

    behind: the rows that are to be scored behind each of its shown examples.
    """
    examples, rows = task.answered[tile.rows], np.concatenate(behind)  # (pairs,)
    scores: list[torch.Tensor] = []  # (2, pairs) of each part
    truncated: list[bool] = []
    for part in parts_of(task.shown[tile.columns], behind):
        prompts: list[Prompt] = []
        for example, requested in part:
            prompts += scorer.prompter.pairs(example, [examples[row] for row in requested.tolist()])
        truncated += [prompt.truncated for prompt in prompts]
        scores.append(score_prompts(scorer.model, prompts, progress))
    distance, log_probability = torch.cat(scores, dim=1).cpu().numpy()  # (pairs,) each
    utility = task.alone.distance[tile.rows][rows] - distance
    information = log_probability - task.alone.log_probability[tile.rows][rows]
    return np.stack([utility, information, np.array(truncated, np.float32)])


def parts_of(
    shown: Sequence[Example], behind: Sequence[np.ndarray]
) -> Iterator[list[tuple[Example, np.ndarray]]]:
    """Shown examples with the rows to score behind each, so many at a time that packs are full."""
    part: list[tuple[Example, np.ndarray]] = []
    pairs = 0
    for example, requested in zip(shown, behind, strict=True):
        part.append((example, requested))
        pairs += len(requested)
        if pairs >= READ_TOGETHER:
            yield part
            part, pairs = [], 0
    if part:
        yield part


def score_unprompted(
    scorer: Scorer, examples: Sequence[Example], progress: Advance = lambda done: None
) -> Unprompted:
    """One pass over the responses of examples without their prompts.

    progress: called with the number of examples just finished.
    """
    prompts = [scorer.prompter.unprompted(example) for example in examples]
    scores = score_prompts(scorer.model, prompts, progress)  # (2, n)
    return Unprompted(
        log_probability=scores[1].cpu().numpy(),
        response_tokens=np.array([len(prompt.response) for prompt in prompts]),
    )


def score_prompts(
    model: ReadyModel, prompts: Sequence[Prompt], progress: Advance = lambda done: None
) -> torch.Tensor:
    """(2, prompts): distance and mean log p of each response, on the device; NaN without one.

    progress: called with the number of prompts just finished.
    """
    scores = torch.full((2, len(prompts)), torch.nan, device=model.device)
    for pack, log_probabilities, _ in scored_packs(model, prompts):
        responses = [len(prompts[row].response) for row in pack]
        (rows,) = on_device(model.device, pack)
        scores.index_copy_(1, rows, reduce_tokens(log_probabilities, responses))
        progress(len(pack))
    progress(sum(not prompt.response for prompt in prompts))
    return scores


def reduce_tokens(log_probabilities: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """(2, rows): distance sqrt(mean (1 - p)^2) and mean log p of each row, on the device.

    log_probabilities: (scored,), row behind row; lengths: (rows,) scored tokens of each.
    """
    device = log_probabilities.device
    (counts,) = on_device(device.type, lengths)  # (rows,)
    owner = torch.repeat_interleave(
        torch.arange(len(lengths), device=device), counts, output_size=len(log_probabilities)
    )  # (scored,)
    # (2, scored)   1 - p = -expm1(log p)
    tokens = torch.stack([torch.expm1(log_probabilities) ** 2, log_probabilities])
    means = torch.zeros(2, len(lengths), device=device).index_add_(1, owner, tokens) / counts
    return torch.stack([means[0].sqrt(), means[1]])
