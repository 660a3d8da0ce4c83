"""The loss of held-out examples after tuning at several rates.

python -m benchmarks.learning_rates prefix=1e-2 prefix=1e-1 mode=1e-2 prints a line for each: forty
rows of the demo, three epochs (fifteen steps), one thread, about a minute of a processor each.
"""

import sys

import numpy as np
import torch

from delift_core.runs.store import bundled_run
from delift_core.scoring.model import load_model
from delift_core.scoring.pairs import prompter_for
from delift_core.scoring.prompts import Prompt
from delift_core.validation.metrics import response_losses
from delift_core.validation.network import Tunable, tunable
from delift_core.validation.training import TrainingPlan, TrainingState, train_epoch
from delift_core.validation.tuners.register import named_tuner

ROWS, HELD_OUT = 40, 24
EPOCHS, ROWS_PER_STEP = 3, 8
SEED = 7  # of the rows


def main(asked: list[str]) -> None:
    torch.set_num_threads(1)
    print("| tuner | learning rate | held-out loss |\n|---|---:|---:|")
    print(f"| none | | {loss_after():.3f} |", flush=True)
    for text in asked:
        name, _, rate = text.partition("=")
        print(f"| {name} | {rate} | {loss_after(name, float(rate)):.3f} |", flush=True)


def loss_after(name: str | None = None, rate: float = 0.0) -> float:
    """The mean loss of held-out examples once a model is tuned; without a tuner, as it is."""
    run, model = bundled_run(), load_model("bundled", device="cpu", for_tuning=True)
    prompter = prompter_for(model, "chat")
    order = np.random.default_rng(SEED).permutation(len(run.pool))[:ROWS]  # (rows,)
    rows = [prompter.alone(run.pool[index]) for index in order.tolist()]
    held_out = [prompter.alone(example) for example in run.datasets["held_out"]][:HELD_OUT]
    if name is None:
        tuned = tunable(model, None)
    else:
        tuner = named_tuner(name)
        tuned = tunable(model, tuner, tuner.options())
        plan = TrainingPlan(EPOCHS, rate, rows_per_step=ROWS_PER_STEP, optimizer=tuner.optimizer)
        train(tuned, [row for row in rows if row.response], plan)
    return float(np.nanmean(response_losses(tuned, held_out)))


def train(tuned: Tunable, rows: list[Prompt], plan: TrainingPlan) -> None:
    """Train for all epochs of a plan."""
    state: TrainingState | None = None
    for _ in range(plan.epochs):
        state = train_epoch(tuned, rows, plan, state)


if __name__ == "__main__":
    main(sys.argv[1:])
