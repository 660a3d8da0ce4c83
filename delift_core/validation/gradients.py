"""LESS: what a training step on an example would do to the loss of another (arXiv 2402.04333).

    direction  Gamma(z) = (b1 m + (1 - b1) g) / sqrt(b2 v + (1 - b2) g^2 + eps)
    gradient   g of the mean loss of an example's response tokens, by the weights of adapters

m, v are Adam's moments at a checkpoint of a short warm-up. As in the published code eps is inside
the root and no bias is corrected. Both are projected by random signs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch

from delift_core.errors import MethodUnavailable
from delift_core.scoring.model import CausalModel
from delift_core.scoring.prompts import Prompt
from delift_core.selection.gradient_features import FeatureKind
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.validation.network import Tunable, log_probabilities, tunable
from delift_core.validation.optimizers import BETAS, EPSILON
from delift_core.validation.projection import projected
from delift_core.validation.training import TrainingPlan, TrainingState, set_weights
from delift_core.validation.tuners.lora import LORA, LoraOptions, attention_layers

LEARNING_RATE = 2e-5
DROPOUT = 0.1
ALPHA = 4  # of LoRA, per rank
HELD = 2**25  # most numbers of gradients in memory at a time


@dataclass(frozen=True, eq=False)
class WarmedUp:
    """A network whose adapters are at a checkpoint of their warm-up."""

    tuned: Tunable
    state: TrainingState
    settings: GradientSettings

    @cached_property
    def means(self) -> torch.Tensor:
        """(parameters,) Adam's mean of the gradients, in the order of the network."""
        return flat(self.state.moments["means"], self.tuned.trainable)

    @cached_property
    def squares(self) -> torch.Tensor:
        """(parameters,) that of their squares."""
        return flat(self.state.moments["squares"], self.tuned.trainable)


def warm_up_plan(settings: GradientSettings) -> TrainingPlan:
    """The short training before gradients are taken."""
    return TrainingPlan(settings.epochs, LEARNING_RATE, warm_up=0.0, seed=settings.seed)


def warm_up_network(model: CausalModel, settings: GradientSettings) -> Tunable:
    """The network of a model with the adapters that are warmed up.

    model: loaded for tuning. Raises MethodUnavailable without peft.
    """
    layers = attention_layers(model.network)
    options = LoraOptions(settings.rank, ALPHA * settings.rank, DROPOUT, layers)
    return tunable(model, LORA, options, settings.seed)


def warm_up_rows(rows: Sequence[Prompt], settings: GradientSettings) -> list[Prompt]:
    """The rows of the pool that the adapters are warmed up on, of those that have a response.

    Raises MethodUnavailable where none has.
    """
    order = np.random.default_rng(settings.seed).permutation(len(rows))
    scored = [rows[index] for index in order.tolist() if rows[index].response]
    if not scored:
        raise MethodUnavailable(
            "No example of the pool has a response to train on. Give a pool with responses."
        )
    return scored[: settings.warm_up_rows(len(rows))]


def block_features(
    checkpoint: WarmedUp,
    rows: Sequence[Prompt],
    kinds: Iterable[FeatureKind],
    advance: Callable[[int], None] = lambda rows: None,
) -> dict[FeatureKind, np.ndarray]:
    """Kind -> (rows, dimension) float32 at a checkpoint, NaN where a row has no response.

    advance: called with 1 after every row.
    """
    tuned, settings = checkpoint.tuned, checkpoint.settings
    set_weights(tuned, checkpoint.state.weights)
    held = max(HELD // len(checkpoint.means), 1)
    features: dict[FeatureKind, list[np.ndarray]] = {kind: [] for kind in kinds}
    for start in range(0, len(rows), held):
        part = rows[start : start + held]
        gradients = torch.stack([row_gradient(tuned, row, advance) for row in part])
        for kind, found in features.items():
            vectors = gradients  # (part, parameters)
            if kind is FeatureKind.DIRECTION:
                vectors = adam_direction(gradients, checkpoint.means, checkpoint.squares)
            found.append(projected(vectors, settings.dimension, settings.seed).numpy())
    return {kind: np.concatenate(found) for kind, found in features.items()}


def row_gradient(
    tuned: Tunable, row: Prompt, advance: Callable[[int], None] = lambda rows: None
) -> torch.Tensor:
    """(parameters,) gradient of the mean loss of a row's response tokens; NaN without a response.

    Weights stand in the order of the network.
    """
    weights = list(tuned.trainable.values())
    if row.response:
        loss = -log_probabilities(tuned, [row]).mean()
        parts = torch.autograd.grad(loss, weights)
        gradient = torch.cat([part.flatten() for part in parts]).cpu()
    else:
        gradient = torch.full((sum(weight.numel() for weight in weights),), torch.nan)
    advance(1)
    return gradient


def adam_direction(
    gradient: torch.Tensor, mean: torch.Tensor, square: torch.Tensor
) -> torch.Tensor:
    """(b1 m + (1 - b1) g) / sqrt(b2 v + (1 - b2) g^2 + eps), number by number."""
    decay, square_decay = BETAS
    numerator = decay * mean + (1 - decay) * gradient
    denominator = square_decay * square + (1 - square_decay) * gradient**2 + EPSILON
    return numerator / denominator.sqrt()


def flat(values: Mapping[str, torch.Tensor], names: Iterable[str]) -> torch.Tensor:
    """(parameters,) the values of some names, one behind another."""
    return torch.cat([values[name].flatten() for name in names])
