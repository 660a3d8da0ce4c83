"""Mode approximation: queries, keys and values change by one tensor that all layers share.

    h W^T + b + ((h U^T) M) V^T,   M[i, j] = sum_k C[i, j, k] p[k]

U, V and C are shared; each matrix W has a p of its own. Matrices of another width share another V.
V is 0 at first.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
import transformers

from delift_core.validation.tuners.tuner import Tuner, require_layers

LAYERS = ("q_proj", "k_proj", "v_proj")


@dataclass(frozen=True)
class ModeOptions:
    """What can be varied about mode approximation."""

    rank: int = 16
    dropout: float = 0.1


class ModeLinear(torch.nn.Module):
    """A frozen matrix and its change."""

    def __init__(
        self,
        frozen: torch.nn.Module,
        down: torch.nn.Parameter,
        core: torch.nn.Parameter,
        up: torch.nn.Parameter,
        dropout: float,
    ) -> None:
        """down: U (rank, inputs), core: C (rank, rank, rank), up: V (outputs, rank)."""
        super().__init__()
        self.frozen, self.dropout = frozen, dropout
        self.down, self.core, self.up = down, core, up
        mode = torch.nn.init.xavier_uniform_(down.new_empty(len(down), 1))
        self.mode = torch.nn.Parameter(mode[:, 0])  # p (rank,)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """(..., outputs) of (..., inputs)."""
        narrow = F.dropout(F.linear(hidden, self.down), self.dropout, self.training)  # (..., rank)
        mixed = narrow @ (self.core @ self.mode)  # (..., rank) @ (rank, rank)
        return self.frozen(hidden) + F.linear(mixed, self.up)


def attach_mode(network: transformers.PreTrainedModel, options: ModeOptions) -> torch.nn.Module:
    """The network with a change beside its queries, keys and values, answering as before.

    U, C and p are drawn from torch's generator. Raises MethodUnavailable for a network without
    such layers.
    """
    require_layers(network, LAYERS, "mode")
    matrices = {
        name: matrix
        for name, matrix in network.named_modules()
        if name.rpartition(".")[2] in LAYERS
    }
    weights = [matrix.get_parameter("weight") for matrix in matrices.values()]
    down, core = shared_weights(weights[0], options.rank)
    widths = {len(weight) for weight in weights}
    ups = {width: torch.nn.Parameter(weights[0].new_zeros(width, options.rank)) for width in widths}
    for (name, matrix), weight in zip(matrices.items(), weights):
        changed = ModeLinear(matrix, down, core, ups[len(weight)], options.dropout)
        network.set_submodule(name, changed)
    return network


def shared_weights(
    weight: torch.Tensor, rank: int
) -> tuple[torch.nn.Parameter, torch.nn.Parameter]:
    """(U, C) for matrices (outputs, inputs) like a given one, as Aurora draws them."""
    inputs = weight.shape[1]
    down = torch.nn.init.kaiming_uniform_(weight.new_empty(rank, inputs), a=math.sqrt(5))
    core = torch.nn.init.xavier_uniform_(weight.new_empty(rank, rank, rank))
    return torch.nn.Parameter(down), torch.nn.Parameter(core)


MODE = Tuner(
    name="mode",
    title="Mode approximation",
    sentence="Queries, keys and values change by one small tensor that all layers share.",
    source="Aurora, arXiv 2305.08381",
    options=ModeOptions,
    attach=attach_mode,
    learning_rates=(1e-4, 2e-4),
)
