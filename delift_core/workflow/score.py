"""Score what a run lacks, and predict what that will cost.

Any number of calls, one after another or cut off half way, end in the same bytes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from delift_core.data.example import Dataset, Example
from delift_core.executors.work import HERE, Executor, Task, Work
from delift_core.runs.integrity import MissingWork, has_alone, is_sound, repair
from delift_core.runs.lock import scoring_lock
from delift_core.runs.run import Run
from delift_core.runs.scoring_notes import ScoringNotes, write_scoring_notes
from delift_core.scoring.kernel_names import KERNELS, is_square, role_name
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import KernelTask, Scorer, score_alone, scorer_for
from delift_core.scoring.plan import Cost, Tile, count_tokens, predict
from delift_core.scoring.prompt_notes import notes_on_prompts
from delift_core.scoring.prompts import Prompter
from delift_core.scoring.rehearsal import rehearse
from delift_core.scoring.threads import use_threads
from delift_core.scoring.throughput import measure_throughput, memory_in_use, token_counts
from delift_core.workflow.models import options_of_run, require_same_model
from delift_core.workflow.pack_size import with_remembered_packs, within_memory
from delift_core.workflow.progress import SILENT, Progress
from delift_core.workflow.run_notes import template_notes
from delift_core.workflow.tile_work import (
    WorkerSetup,
    score_part,
    scoring_identity,
    tile_task,
    tile_work,
)


@dataclass(frozen=True)
class RunScoring:
    """A run, the scorer of its model and template, and who follows the work."""

    run: Run
    scorer: Scorer
    progress: Progress


def score_missing(
    work: MissingWork,
    model: CausalModel,
    progress: Progress = SILENT,
    executor: Executor = HERE,
) -> Iterator[tuple[str, Tile]]:
    """Score and store the missing tiles of a run, yielding each once it is on disk.

    progress: advances by pairs, several times within a tile that is scored in this process.
    executor: what scores tiles; the rest is done here. Raises ChangedModel for another model than
    the run's, RunBusy while another process scores the run, OutOfMemory, UnwritableFile, and what
    the executor raises.
    """
    run = work.run
    require_same_model(run, model)
    use_threads(executor.threads)
    model = with_remembered_packs(run.folder, model)
    scoring = RunScoring(run, scorer_for(model, run.record["template"]), progress)
    with scoring_lock(run.folder):
        repair(run, work.tiles)
        for name in work.tiles:
            rehearse_kernel(scoring, name)
        for note in template_notes(run, work.tiles):
            progress.note(note)
        tasks = missing_tasks(scoring, work.tiles)
        with within_memory(run.folder, scoring.scorer.model):
            scored = executor.results(work_of(scoring, model, executor), tasks, progress.advance)
            for (name, tile), planes in scored:
                run.write_tile(name, tile, planes)
                yield name, tile


def work_of(scoring: RunScoring, model: CausalModel, executor: Executor) -> Work:
    """How the tiles of a run are scored, here and elsewhere."""
    run = scoring.run
    identity = scoring_identity(model, run.record)
    options = options_of_run(run, model.device)
    setup = WorkerSetup(options, model.pack_tokens, executor.threads, run.record, identity)
    return tile_work(setup, model, partial(score_part, scoring.scorer))


def rehearse_kernel(scoring: RunScoring, name: str) -> None:
    """Write the prompts of a kernel once, and store what was noticed."""
    run, scorer = scoring.run, scoring.scorer
    scoring.progress.stage(f"writing the prompts of {name}")
    answered, shown = (run.datasets[role].examples for role in KERNELS[name])
    unwritable = rehearse(scorer.prompter, answered, shown)
    prompts = notes_on_prompts(scorer.prompter, answered, shown)
    write_scoring_notes(run, name, ScoringNotes(scorer.model.obstacle, unwritable, prompts))


def missing_tasks(scoring: RunScoring, kernels: Mapping[str, list[Tile]]) -> Iterator[Task]:
    """The tiles to score, kernel by kernel; before those of each, what they rest on is stored."""
    run = scoring.run
    for name, missing in kernels.items():
        for role in KERNELS[name]:
            if not has_alone(run, role):
                score_role_alone(scoring, role)
        run.sample_pairs(name)
        scoring.progress.stage(f"scoring {name}")
        task = kernel_task(run, name)
        for tile in missing:
            # another process may have scored it since it was counted
            if not is_sound(run, name, tile):
                yield tile_task(name, task, tile)


def score_role_alone(scoring: RunScoring, role: str) -> None:
    """Score each example of a role by itself, and store that."""
    scoring.progress.stage(f"reading each {role_name(role)} example by itself")
    run, scorer = scoring.run, scoring.scorer
    examples = run.datasets[role].examples
    with within_memory(run.folder, scorer.model):
        alone = score_alone(scorer, examples, lambda done: scoring.progress.check())
    run.write_alone(role, alone)


def kernel_task(run: Run, name: str) -> KernelTask:
    """What the tiles of a kernel are scored from."""
    answered, shown = (read_of(run.datasets[role]) for role in KERNELS[name])
    sample = run.pair_sample(name)
    mask = None if sample is None else sample.mask  # (answered, shown)
    return KernelTask(answered, shown, run.require_alone(KERNELS[name][0]), mask)


def read_of(dataset: Dataset) -> list[Example]:
    """Examples without their original rows, which no model reads."""
    return [replace(example, extra={}) for example in dataset]


def cost_of(work: MissingWork, model: CausalModel) -> Cost:
    """What scoring the missing work will take, from a few seconds of measuring.

    Measured on the first kernel that lacks a tile: there has to be one. Raises OutOfMemory.
    """
    run = work.run
    require_same_model(run, model)
    model = with_remembered_packs(run.folder, model)
    scorer = scorer_for(model, run.record["template"])
    tokens = missing_tokens(work, role_lengths(run, scorer.prompter, work.tiles))
    measured = next(name for name, tiles in work.tiles.items() if tiles)
    answered, shown = (run.datasets[role].examples for role in KERNELS[measured])
    with within_memory(run.folder, scorer.model):
        rate = measure_throughput(scorer, answered, shown)
    return predict(work.pairs, tokens, rate, memory_in_use(model.device))


def role_lengths(
    run: Run, prompter: Prompter, kernels: Mapping[str, list[Tile]]
) -> dict[str, np.ndarray]:
    """Role of the kernels -> (examples,) tokens of each of its examples alone."""
    roles = {role for name in kernels for role in KERNELS[name]}
    return {role: token_counts(prompter, run.datasets[role].examples) for role in roles}


def missing_tokens(work: MissingWork, own: Mapping[str, np.ndarray]) -> int:
    """Tokens of the missing passes alone and of the missing pairs. own: of role_lengths."""
    run = work.run
    tokens = sum(int(own[role].sum()) for role in own if not has_alone(run, role))
    for name, tiles in work.tiles.items():
        answered, shown = (own[role] for role in KERNELS[name])
        share = run.plan.per_column(len(answered), is_square(name)) / len(answered)
        tokens += count_tokens(tiles, answered, shown, share)
    return tokens
