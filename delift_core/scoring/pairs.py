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

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch

from delift_core.data.example import Dataset, Example, refuse_empty
from delift_core.errors import NoExamples, refusing_when_out_of_memory
from delift_core.scoring.embeddings import weighted_mean
from delift_core.scoring.kernel import Alone, Unprompted, UtilityKernel
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packed_model import ready
from delift_core.scoring.packing import ReadyModel, scored_packs
from delift_core.scoring.pair_sampling import sample_pairs
from delift_core.scoring.plan import Plan, Tile, tiles
from delift_core.scoring.prompt_notes import notes_on_prompts, problem_on
from delift_core.scoring.prompts import Prompt, Prompter
from delift_core.scoring.rehearsal import problems_of, rehearse
from delift_core.scoring.templates import template_name

ALL = Plan()
Advance = Callable[[int], None]  # called with how many more pairs (or examples) are done


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
    mask: np.ndarray | None = None  # (answered, shown) bool, the pairs to score; None: all


def scorer_for(model: CausalModel, template: str = "auto") -> Scorer:
    """The scorer of a model and a template; raises ModelUnavailable for one that is not causal."""
    return Scorer(ready(model), prompter_for(model, template))


def prompter_for(model: CausalModel, template: str = "auto") -> Prompter:
    """The writer of a model's prompts under a template."""
    name = template_name(template, model.tokenizer)
    return Prompter(model.tokenizer, name, model.context, model.embedded)


def score_utilities(
    pool: Dataset | None = None,
    *,
    model: CausalModel,
    answered: Dataset | None = None,
    shown: Dataset | None = None,
    template: str = "auto",
    plan: Plan = ALL,
    progress: Advance = lambda done: None,
) -> UtilityKernel:
    """The utility kernel, (answered, shown), of two sets of examples; both default to the pool.

    template: chat, plain, paper, or auto, which is chat where the tokenizer has one.
    plan: which pairs are scored, all by default; the others stay NaN.
    progress: called with the number of pairs just finished.

    Raises NoExamples, ModelUnavailable, UnusablePrompt, OutOfMemory.
    """
    answered = dataset_or_pool(answered, pool)
    shown = dataset_or_pool(shown, pool)
    ends = (answered.examples, shown.examples)
    scorer = scorer_for(model, template)
    unwritable = rehearse(scorer.prompter, *ends)
    notes = notes_on_prompts(scorer.prompter, *ends)
    square = answered.text_fingerprint == shown.text_fingerprint
    # (planes, answered, shown)
    planes = np.full((3, len(answered), len(shown)), np.nan, np.float32)
    with refusing_when_out_of_memory(lambda reason: memory_sentence(scorer.model, reason)):
        alone = score_alone(scorer, answered.examples)
        sample = None
        if not plan.is_all:
            shown_alone = alone if square else score_alone(scorer, shown.examples)
            sample = sample_pairs(plan, alone.embedding, shown_alone.embedding, square)
        mask = None if sample is None else sample.mask
        task = KernelTask(answered.examples, shown.examples, alone, mask)
        for tile in tiles(len(answered), len(shown), plan.share):
            planes[:, tile.rows, tile.columns] = score_tile(scorer, task, tile, progress)
    kernel = UtilityKernel.from_planes(planes, alone, square, sample)
    problems = (*problems_of(unwritable, *ends), *(problem_on(note, *ends) for note in notes))
    return replace(kernel, problems=problems)


def dataset_or_pool(dataset: Dataset | None, pool: Dataset | None) -> Dataset:
    """The dataset, or the pool in its place. Raises NoExamples where there is nothing to score."""
    if dataset is None:
        dataset = pool
    if dataset is None:
        raise NoExamples("There is nothing to score. Give a pool, or both answered and shown.")
    return refuse_empty(dataset)


def memory_sentence(model: ReadyModel, reason: str) -> str:
    """What is said where the memory did not suffice, with the size of the pack to try next."""
    if model.pack_tokens is None:
        return (
            f"{model.name}: the model ran out of memory ({reason}). End other programs, or give"
            " load_model a shorter context."
        )
    return (
        f"{model.name}: the model ran out of memory ({reason}). End other programs, or give"
        f" load_model pack_tokens={model.pack_tokens // 2},"
        " which takes less memory and more time."
    )


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

    Unscorable pairs are NaN in the first two planes, pairs outside the mask in all three.
    progress: called with the number of pairs just finished.
    """
    rows, columns = task.answered[tile.rows], task.shown[tile.columns]
    shape = (len(rows), len(columns))
    mask = np.ones(shape, bool) if task.mask is None else task.mask[tile.rows, tile.columns]
    # (distance and log-probability, rows, columns)
    scores = torch.full((2, *shape), torch.nan, device=scorer.model.device)
    truncated = np.full(shape, np.nan, np.float32)  # (rows, columns)
    for column, example in enumerate(columns):
        requested = np.flatnonzero(mask[:, column])  # (requested,) rows
        if not len(requested):
            continue
        prompts = scorer.prompter.pairs(example, [rows[row] for row in requested.tolist()])
        truncated[requested, column] = [prompt.truncated for prompt in prompts]
        scores[:, requested, column] = score_prompts(scorer.model, prompts, progress)
    distance, log_probability = scores.cpu().numpy()  # (rows, columns) each
    utility = task.alone.distance[tile.rows, None] - distance
    information = log_probability - task.alone.log_probability[tile.rows, None]
    return np.stack([utility, information, truncated])


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
        scores[:, pack] = reduce_tokens(log_probabilities, responses)
        progress(len(pack))
    progress(sum(not prompt.response for prompt in prompts))
    return scores


def reduce_tokens(log_probabilities: torch.Tensor, lengths: Sequence[int]) -> torch.Tensor:
    """(2, rows): distance sqrt(mean (1 - p)^2) and mean log p of each row, on the device.

    log_probabilities: (scored,), row behind row; lengths: (rows,) scored tokens of each.
    """
    device = log_probabilities.device
    counts = torch.tensor(lengths, device=device)  # (rows,)
    owner = torch.repeat_interleave(
        torch.arange(len(lengths), device=device), counts, output_size=len(log_probabilities)
    )  # (scored,)
    # (2, scored)   1 - p = -expm1(log p)
    tokens = torch.stack([torch.expm1(log_probabilities) ** 2, log_probabilities])
    means = torch.zeros(2, len(lengths), device=device).index_add_(1, owner, tokens) / counts
    return torch.stack([means[0].sqrt(), means[1]])
