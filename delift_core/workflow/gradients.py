"""Compute what the gradients of a run lack: the warm-up, then features at its checkpoints.

Any number of calls, one after another or cut off half way, end in the same bytes.
"""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch

from delift_core.errors import refusing_when_out_of_memory
from delift_core.files import write_json
from delift_core.runs.gradient_work import MissingGradients, has_block, stored_checkpoint
from delift_core.runs.gradients import Checkpoint, FeatureBlock, GradientStore, remove_partial_files
from delift_core.runs.lock import scoring_lock
from delift_core.scoring.model import CausalModel
from delift_core.scoring.pairs import prompter_for
from delift_core.scoring.prompts import Prompt
from delift_core.validation.gradients import (
    WarmedUp,
    block_features,
    warm_up_network,
    warm_up_plan,
    warm_up_rows,
)
from delift_core.validation.network import Tunable
from delift_core.validation.training import TrainingState, train_epoch
from delift_core.validation.tuners.tuner import require_peft
from delift_core.workflow.models import memory_sentence, model_of_run
from delift_core.workflow.progress import SILENT, Progress

WEIGHTS = "weights"  # in checkpoints; their other parts are named as moments are


@dataclass(frozen=True, eq=False)
class GradientTask:
    """Where gradients are stored, the model to tune, and who follows the work."""

    store: GradientStore
    model: CausalModel
    progress: Progress

    @cached_property
    def tuned(self) -> Tunable:
        """The network with its adapters."""
        return warm_up_network(self.model, self.store.settings)

    @cached_property
    def rows(self) -> dict[str, list[Prompt]]:
        """Role -> what the model reads of each of its examples, as scoring writes it."""
        prompter = prompter_for(self.model, self.store.run.record["template"])
        datasets = self.store.run.datasets
        return {
            role: [prompter.alone(example) for example in datasets[role].examples]
            for role in self.store.kinds
        }


def complete_gradients(
    work: MissingGradients, device: str, workspace: Path, progress: Progress = SILENT
) -> None:
    """Compute and store what the gradients of a run lack; nothing is loaded where nothing is.

    progress: advances by examples. Raises MethodUnavailable without peft, ChangedModel, RunBusy
    while another process writes to the run, OutOfMemory, UnwritableFile.
    """
    if work.is_empty:
        return
    run = work.store.run
    require_peft("Method gradients")
    with (
        model_of_run(run, device, workspace, progress, for_tuning=True) as model,
        scoring_lock(run.folder),
        refusing_when_out_of_memory(lambda cause: memory_sentence(run, cause)),
    ):
        remove_partial_files(work.store)
        write_json(work.store.record, work.store.folder / "settings.json")
        task = GradientTask(work.store, model, progress)
        for epoch in work.epochs:
            warm_up(task, epoch)
        for block in work.blocks:
            store_features(task, block)


def warm_up(task: GradientTask, epoch: int) -> None:
    """Train an epoch on from the one before, and store what it ends in."""
    store, settings = task.store, task.store.settings
    if stored_checkpoint(store, epoch) is not None:  # of another process, in the meantime
        return
    task.progress.stage(f"warming up, epoch {epoch} of {settings.epochs}")
    before = None if epoch == 1 else training_state(store, epoch - 1)
    rows = warm_up_rows(task.rows["pool"], settings)
    state = train_epoch(task.tuned, rows, warm_up_plan(settings), before, task.progress.advance)
    store.write_checkpoint(epoch, as_checkpoint(state))


def store_features(task: GradientTask, block: FeatureBlock) -> None:
    """Store the features of a block at a checkpoint."""
    store = task.store
    if has_block(store, block):  # of another process, in the meantime
        return
    task.progress.stage(f"gradients of the {block.role}, checkpoint {block.epoch}")
    examples = block.examples
    rows = task.rows[block.role][examples.start : examples.stop]
    checkpoint = WarmedUp(task.tuned, training_state(store, block.epoch), store.settings)
    kinds = store.kinds[block.role]
    store.write_block(block, block_features(checkpoint, rows, kinds, task.progress.advance))


def as_checkpoint(state: TrainingState) -> Checkpoint:
    """A training state as it is stored."""
    tensors = {
        f"{part}/{name}": values.numpy()
        for part, by_name in {WEIGHTS: state.weights, **state.moments}.items()
        for name, values in by_name.items()
    }
    return Checkpoint(tensors, state.rate)


def training_state(store: GradientStore, epoch: int) -> TrainingState:
    """The training state that was stored. Raises DamagedRun."""
    checkpoint = store.read_checkpoint(epoch)
    parts: dict[str, dict[str, torch.Tensor]] = {}
    for key, values in checkpoint.tensors.items():
        part, _, name = key.partition("/")
        parts.setdefault(part, {})[name] = torch.from_numpy(values)
    return TrainingState(epoch, checkpoint.rate, parts.pop(WEIGHTS), parts)
