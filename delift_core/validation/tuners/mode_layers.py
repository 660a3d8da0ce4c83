"""The matrices of mode approximation: a frozen one and its change, and what all layers share."""

import math

import torch
import torch.nn.functional as F


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


def shared_weights(
    weight: torch.Tensor, rank: int
) -> tuple[torch.nn.Parameter, torch.nn.Parameter]:
    """(U, C) for matrices (outputs, inputs) like a given one, as Aurora draws them."""
    inputs = weight.shape[1]
    down = torch.nn.init.kaiming_uniform_(weight.new_empty(rank, inputs), a=math.sqrt(5))
    core = torch.nn.init.xavier_uniform_(weight.new_empty(rank, rank, rank))
    return torch.nn.Parameter(down), torch.nn.Parameter(core)


def empty_up(weight: torch.Tensor, outputs: int, rank: int) -> torch.nn.Parameter:
    """V (outputs, rank), 0 at first, for matrices like a given one."""
    return torch.nn.Parameter(weight.new_zeros(outputs, rank))
