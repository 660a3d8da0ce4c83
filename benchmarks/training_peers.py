"""TRL's SFTTrainer on rows that are written already: the same tokens, labels, batches and weights.

as it comes         padded to the longest row of a batch, activations computed again on the way back
keeps activations   the same without computing activations again
padding free        its rows behind one another, as ours are, activations kept
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import datasets
import transformers
from trl import SFTConfig, SFTTrainer

from benchmarks.scoring_setting import clock
from delift_core.scoring.model import CausalModel
from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import Tunable
from delift_core.validation.training import TrainingPlan

UNSCORED = -100  # in place of a label
WAYS: Mapping[str, Mapping[str, bool]] = {
    "TRL as it comes": {},
    "TRL, keeps activations": {"gradient_checkpointing": False},
    "TRL, padding free": {"gradient_checkpointing": False, "padding_free": True},
}


class MeasuredTrainer(SFTTrainer):
    """A trainer that keeps the loss of every step and the seconds it took."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.seconds: list[float] = []  # (steps,)
        self.losses: list[float] = []  # (steps,)
        self.add_callback(StepClock(self.seconds))
        self.remove_callback(transformers.PrinterCallback)

    def compute_loss(self, *arguments, **options):
        """The loss of a batch, which is kept."""
        loss = super().compute_loss(*arguments, **options)
        self.losses.append(float(loss.detach()))
        return loss


class StepClock(transformers.TrainerCallback):
    """Appends the seconds of every step; reading rows for it comes before."""

    def __init__(self, seconds: list[float]):
        self.seconds = seconds

    def on_step_begin(self, *arguments, **options):
        self.start = clock()

    def on_step_end(self, *arguments, **options):
        self.seconds.append(clock() - self.start)


def train_with_trl(
    tuned: Tunable,
    model: CausalModel,
    rows: Sequence[Prompt],
    plan: TrainingPlan,
    options: Mapping[str, bool],
) -> tuple[list[float], list[float]]:
    """(seconds, loss) of each step through rows in the order given."""
    with TemporaryDirectory() as folder:
        trainer = MeasuredTrainer(
            model=tuned.network,
            args=trl_settings(Path(folder), plan, options),
            train_dataset=labelled(rows),
            processing_class=model.tokenizer,
        )
        trainer.train()
    return trainer.seconds, trainer.losses


def trl_settings(folder: Path, plan: TrainingPlan, options: Mapping[str, bool]) -> SFTConfig:
    """A plan in the words of TRL; what it does not say is as it comes."""
    return SFTConfig(
        output_dir=str(folder),
        num_train_epochs=plan.epochs,
        per_device_train_batch_size=plan.rows_per_step,
        train_sampling_strategy="sequential",
        learning_rate=plan.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=plan.warm_up,
        optim="adamw_torch",
        weight_decay=plan.weight_decay,
        max_grad_norm=plan.clip,
        max_length=None,
        bf16=False,
        use_cpu=True,
        dataloader_pin_memory=False,
        logging_strategy="no",
        save_strategy="no",
        report_to="none",
        disable_tqdm=True,
        **options,
    )


def labelled(rows: Sequence[Prompt]) -> datasets.Dataset:
    """Rows as TRL takes them when they are tokens already: a label stands where it is read."""
    return datasets.Dataset.from_dict(
        {
            "input_ids": [[*row.tokens, *row.response] for row in rows],
            "labels": [[*[UNSCORED] * len(row.tokens), *row.response] for row in rows],
        }
    )
