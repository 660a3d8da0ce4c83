"""The utility kernel of two sets of examples, scored in memory: nothing is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from delift_core.data.example import Dataset, refuse_empty
from delift_core.errors import NoExamples, refusing_when_out_of_memory
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.model import CausalModel
from delift_core.scoring.packing import ReadyModel
from delift_core.scoring.pair_sampling import PairSample, sample_pairs
from delift_core.scoring.pairs import Advance, KernelTask, score_alone, score_tile, scorer_for
from delift_core.scoring.plan import Plan, Tile, tiles
from delift_core.scoring.prompt_notes import notes_on_prompts, problem_on
from delift_core.scoring.rehearsal import problems_of, rehearse
from delift_core.scoring.sparse_kernel import SparseUtilityKernel

ALL = Plan()


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
    with refusing_when_out_of_memory(lambda reason: memory_sentence(scorer.model, reason)):
        alone = score_alone(scorer, answered.examples)
        sample = None
        if not plan.is_all:
            shown_alone = alone if square else score_alone(scorer, shown.examples)
            sample = sample_pairs(plan, alone.embedding, shown_alone.embedding, square)
        mask = None if sample is None else sample.mask
        task = KernelTask(answered.examples, shown.examples, alone, mask)
        work = list(tiles(*plan.grid(len(answered), len(shown), square)))
        planes = (score_tile(scorer, task, tile, progress) for tile in work)
        kernel = assembled(planes, work, task, square, sample)
    problems = (*problems_of(unwritable, *ends), *(problem_on(note, *ends) for note in notes))
    return replace(kernel, problems=problems)


def assembled(
    planes: Iterable[np.ndarray],
    work: Sequence[Tile],
    task: KernelTask,
    square: bool,
    sample: PairSample | None,
) -> UtilityKernel:
    """The kernel of the scored tiles of all its work."""
    if sample is not None and not sample.is_dense:
        pairs = np.concatenate(list(planes), axis=1)  # (3, pairs)
        return SparseUtilityKernel.from_pairs(pairs, task.alone, square, sample)
    # (3, answered, shown)
    whole = np.empty((3, len(task.answered), len(task.shown)), np.float32)
    for tile, part in zip(work, planes, strict=True):
        whole[:, tile.rows, tile.columns] = part
    return UtilityKernel.from_planes(whole, task.alone, square, sample)


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
