"""Measure training beside TRL's SFTTrainer and write benchmarks/TRAINING.md.

python -m benchmarks.training, or make bench.
"""

import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from benchmarks.rows import ROOT, facts, load, print_and_write
from benchmarks.scoring_setting import DEMO, timed
from benchmarks.training_peers import WAYS, train_with_trl
from delift_core.data.readers import read_dataset
from delift_core.scoring.model import CausalModel, load_model
from delift_core.scoring.model_files import BUNDLED_NAME
from delift_core.scoring.pairs import prompter_for
from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import Tunable, tunable
from delift_core.validation.training import TrainingPlan, batches, optimizer_at, take_step
from delift_core.validation.tuners.lora import LORA, LoraOptions

REPORT = Path(__file__).with_name("TRAINING.md")
MIXED = ROOT.parent / "shared" / "data" / "dev_mix_200.jsonl"  # rows of mixed length
STEPS = 3  # the first has a learning rate of 0: the third loss tells of a step made
PLAN = TrainingPlan(epochs=1, learning_rate=LORA.learning_rate)
OURS = "ours"

# (network, model, rows) -> (seconds, loss) of each step
Training = Callable[[Tunable, CausalModel, Sequence[Prompt]], tuple[list[float], list[float]]]


@dataclass(frozen=True)
class Setting:
    """Rows to train on, in the order in which all ways read them."""

    name: str
    rows: Sequence[Prompt]

    @classmethod
    def of(cls, path: Path, model: CausalModel) -> "Setting":
        """Rows of a file drawn by the seed of the plan, for so many steps."""
        prompter = prompter_for(model, "chat")
        written = [prompter.alone(row) for row in read_dataset(path, near_duplicates="keep")]
        name = "demo" if path == DEMO else path.stem
        count = STEPS * PLAN.rows_per_step
        return cls(name, [row for batch in batches(written, PLAN, 1) for row in batch][:count])

    @property
    def batches(self) -> list[Sequence[Prompt]]:
        """The rows of each step."""
        size = PLAN.rows_per_step
        return [self.rows[start : start + size] for start in range(0, len(self.rows), size)]

    @property
    def tokens(self) -> np.ndarray:
        """(steps,) tokens of the rows of each step, without padding."""
        return np.array([sum(map(length, batch)) for batch in self.batches])

    @property
    def padded(self) -> float:
        """Tokens as the longest row of each batch has them, over tokens."""
        whole = sum(len(batch) * max(map(length, batch)) for batch in self.batches)
        return whole / float(self.tokens.sum())


def length(row: Prompt) -> int:
    """Tokens of a row, the last label included."""
    return len(row.tokens) + len(row.response)


def train_ours(
    tuned: Tunable, model: CausalModel, rows: Sequence[Prompt]
) -> tuple[list[float], list[float]]:
    """(seconds, loss) of each step of this project."""
    optimizer = optimizer_at(tuned, PLAN, None, 0)
    size = PLAN.rows_per_step
    tuned.network.train()
    steps = []
    for step in range(STEPS):
        batch = rows[step * size : (step + 1) * size]
        rate = PLAN.rate(step, len(rows))
        steps.append(timed(take_step, tuned, optimizer, batch, rate, PLAN.clip))
    return [seconds for seconds, _ in steps], [loss for _, loss in steps]


def ways() -> dict[str, Training]:
    """Every way to train, ours first."""
    trl = {name: partial(train_with_trl, plan=PLAN, options=WAYS[name]) for name in WAYS}
    return {OURS: train_ours, **trl}


def race(setting: Setting) -> Iterator[str]:
    """The table of one setting: every way trains the same weights on the same rows."""
    load_before = load()
    seconds: dict[str, np.ndarray] = {}
    losses: dict[str, np.ndarray] = {}
    for name, train in ways().items():
        model = load_model(device="cpu", for_tuning=True)
        tuned = tunable(model, LORA, LoraOptions())
        measured = train(tuned, model, setting.rows)
        seconds[name], losses[name] = (np.array(values) for values in measured)
    yield from race_table(setting, seconds, load_before)
    yield from loss_table(losses)


def race_table(
    setting: Setting, seconds: dict[str, np.ndarray], load_before: float
) -> Iterator[str]:
    """Tokens a second, and how many times the seconds of ours a step takes: medians over steps."""
    yield from (
        "",
        (
            f"### {setting.name}: {len(setting.rows)} rows, {setting.tokens.sum():,} tokens,"
            f" {setting.padded:.2f} times as many padded, load {load_before:.1f}"
        ),
        "",
        "| way | tokens a second | ours beside it |",
        "|---|---:|---:|",
    )
    for name, taken in seconds.items():
        rate = setting.tokens.sum() / taken.sum()
        ratio = statistics.median(taken / seconds[OURS])
        yield f"| {name} | {rate:.0f} | {ratio:.2f} times |"


def loss_table(losses: dict[str, np.ndarray]) -> Iterator[str]:
    """The loss of every step by ours, and how far the others are from it."""
    ours = ", ".join(f"{loss:.5f}" for loss in losses[OURS])
    yield from ("", f"Losses of the steps: {ours}. Largest differences from them:")
    for name, values in losses.items():
        if name != OURS:
            yield f"- {name}: {np.abs(values - losses[OURS]).max():.1e}"


def report_lines() -> Iterator[str]:
    """The report, line by line as it is measured."""
    yield from ("# Training, measured", "", *facts())
    yield f"- {BUNDLED_NAME}, float32; LoRA of rank 8 beside all matrices; peft {version('peft')}"
    yield f"- trl {version('trl')}, transformers {version('transformers')}"
    yield from ("", "## One thread, processor time")
    model = load_model(device="cpu", for_tuning=True)
    for file in (MIXED, DEMO):
        if file.exists():
            yield from race(Setting.of(file, model))


def main() -> None:
    torch.set_num_threads(1)
    print_and_write(report_lines(), REPORT)


if __name__ == "__main__":
    main()
