"""Tune a network on rows, an epoch at a time: response tokens only, the same bytes for a seed.

What an epoch ends in is a `TrainingState`; the next epoch goes on from it in any process.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from delift_core.scoring.prompts import Prompt
from delift_core.validation.network import Tunable, lines, log_probabilities, seeded
from delift_core.validation.optimizers import (
    Moments,
    OptimizerKind,
    moments_of,
    new_optimizer,
    restore_moments,
)


@dataclass(frozen=True)
class TrainingPlan:
    """How a network is trained."""

    epochs: int
    learning_rate: float
    rows_per_step: int = 8
    warm_up: float = 0.06  # share of the steps over which the learning rate rises
    weight_decay: float = 0.0
    clip: float = 1.0  # longest gradient of a step
    seed: int = 0
    steps: int | None = None  # in all, where they end within the last epoch
    optimizer: OptimizerKind = OptimizerKind.ADAMW

    def steps_per_epoch(self, rows: int) -> int:
        return math.ceil(rows / self.rows_per_step)

    def total_steps(self, rows: int) -> int:
        """The steps of all epochs, or those after which the last one ends early."""
        whole = self.epochs * self.steps_per_epoch(rows)
        if self.steps is None:
            return whole
        return min(self.steps, whole)

    def rate(self, step: int, rows: int) -> float:
        """The learning rate of a step: it rises from 0, then falls to 0, along two lines.

        s / rising where s < rising, (steps - s) / (steps - rising) behind it. A step that is the
        only one has the whole rate, or nothing would be trained.
        """
        steps = self.total_steps(rows)
        rising = min(math.ceil(self.warm_up * steps), steps - 1)
        if step < rising:
            return self.learning_rate * step / rising
        return self.learning_rate * (steps - step) / (steps - rising)


@dataclass(frozen=True, eq=False)
class TrainingState:
    """What an epoch ends in."""

    epoch: int  # 1 is the first
    rate: float  # mean learning rate of its steps
    weights: Mapping[str, torch.Tensor]  # name -> values of the trainable weights
    moments: Moments  # what the optimiser remembers of their gradients


def train_epoch(
    tuned: Tunable,
    rows: Sequence[Prompt],
    plan: TrainingPlan,
    before: TrainingState | None,
    advance: Callable[[int], None] = lambda rows: None,
) -> TrainingState:
    """Train through all rows once, in an order of the seed, or to the last step of the plan.

    before: what the epoch before ended in, None for the first. advance: called with how many more
    rows were read, after every step. Returns what the epoch ends in.
    """
    epoch, first = 1, 0
    if before is not None:
        epoch, first = before.epoch + 1, before.epoch * plan.steps_per_epoch(len(rows))
        set_weights(tuned, before.weights)
    optimizer = optimizer_at(tuned, plan, before, first)
    rates = []
    with seeded(plan.seed, epoch):
        tuned.network.train()
        steps = range(first, plan.total_steps(len(rows)))
        for step, batch in zip(steps, batches(rows, plan, epoch)):
            rates.append(plan.rate(step, len(rows)))
            take_step(tuned, optimizer, batch, rates[-1], plan.clip)
            advance(len(batch))
        tuned.network.eval()
    return state_of(tuned, optimizer, epoch, sum(rates) / len(rates))


def batches(rows: Sequence[Prompt], plan: TrainingPlan, epoch: int) -> Iterator[list[Prompt]]:
    """The rows of every step of an epoch."""
    order = np.random.default_rng([plan.seed, epoch]).permutation(len(rows)).tolist()
    for start in range(0, len(order), plan.rows_per_step):
        yield [rows[index] for index in order[start : start + plan.rows_per_step]]


def take_step(
    tuned: Tunable,
    optimizer: torch.optim.Optimizer,
    batch: Sequence[Prompt],
    rate: float,
    clip: float,
) -> float:
    """One step down the mean loss of the response tokens of a batch, which is returned in nats."""
    optimizer.zero_grad()
    scored = sum(len(row.response) for row in batch)
    total = 0.0
    for line in lines(tuned, batch):
        loss = -log_probabilities(tuned, line).sum() / scored
        loss.backward()
        total += float(loss.detach())
    torch.nn.utils.clip_grad_norm_(tuned.trainable.values(), clip)
    for group in optimizer.param_groups:
        group["lr"] = rate
    optimizer.step()
    return total


def optimizer_at(
    tuned: Tunable, plan: TrainingPlan, before: TrainingState | None, steps: int
) -> torch.optim.Optimizer:
    """The optimiser of the trainable weights, as it was after so many steps."""
    trainable = tuned.trainable
    optimizer = new_optimizer(plan.optimizer, trainable.values(), plan.weight_decay)
    if before is not None:
        restore_moments(optimizer, trainable, before.moments, steps)
    return optimizer


@torch.no_grad()
def set_weights(tuned: Tunable, weights: Mapping[str, torch.Tensor]) -> None:
    """Give the trainable weights other values."""
    for name, weight in tuned.trainable.items():
        weight.copy_(weights[name])


def state_of(
    tuned: Tunable, optimizer: torch.optim.Optimizer, epoch: int, rate: float
) -> TrainingState:
    """A copy of the trainable weights and of their moments."""
    moments = moments_of(optimizer, tuned.trainable)
    return TrainingState(epoch, rate, copied_weights(tuned), moments)


def copied_weights(tuned: Tunable) -> dict[str, torch.Tensor]:
    """Name -> values of the trainable weights, in memory of the processor."""
    return {name: weight.detach().cpu().clone() for name, weight in tuned.trainable.items()}
