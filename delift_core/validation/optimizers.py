"""Optimisers that tuners name, and what each remembers of gradients between two steps."""

from collections.abc import Iterable, Mapping

import torch

from delift_core.validation.optimizer_kinds import OptimizerKind

BETAS = (0.9, 0.999)  # of AdamW
EPSILON = 1e-8
# Of Adafactor, as in T-Few: the root of the least square, and the least scale of a weight.
LEAST = (1e-15, 1e-3)
# What is remembered -> as torch calls it. AdamW has the first two; Adafactor the next two of a
# matrix and the last one of a vector.
MOMENTS = {
    "means": "exp_avg",  # of gradients, not corrected
    "squares": "exp_avg_sq",  # of gradients, not corrected
    "row_squares": "row_var",
    "column_squares": "col_var",
    "vector_squares": "variance",
}

# What is remembered -> name of a weight -> values; a weight stands where it has such a moment.
Moments = Mapping[str, Mapping[str, torch.Tensor]]


def new_optimizer(
    kind: OptimizerKind, weights: Iterable[torch.nn.Parameter], weight_decay: float
) -> torch.optim.Optimizer:
    """An optimiser that has made no step. Its learning rate is set before each."""
    if kind is OptimizerKind.ADAFACTOR:
        return torch.optim.Adafactor(weights, eps=LEAST, weight_decay=weight_decay)
    return torch.optim.AdamW(weights, betas=BETAS, eps=EPSILON, weight_decay=weight_decay)


def moments_of(
    optimizer: torch.optim.Optimizer, trainable: Mapping[str, torch.nn.Parameter]
) -> Moments:
    """A copy of what an optimiser remembers of weights, in memory of the processor."""
    moments: dict[str, dict[str, torch.Tensor]] = {}
    for name, weight in trainable.items():
        remembered = optimizer.state[weight]
        for moment, key in MOMENTS.items():
            if key in remembered:
                values = remembered[key].detach().cpu().clone()
                moments.setdefault(moment, {})[name] = values
    return moments


def restore_moments(
    optimizer: torch.optim.Optimizer,
    trainable: Mapping[str, torch.nn.Parameter],
    moments: Moments,
    steps: int,
) -> None:
    """Make an optimiser go on as after so many steps."""
    for weight in trainable.values():
        optimizer.state[weight] = {"step": torch.tensor(float(steps))}
    for moment, by_name in moments.items():
        for name, values in by_name.items():
            weight = trainable[name]
            optimizer.state[weight][MOMENTS[moment]] = values.to(weight.device, copy=True)
