"""What the gradients of method `gradients` are computed by. Imports nothing heavy."""

from dataclasses import dataclass

from delift_core.errors import UnknownChoice


@dataclass(frozen=True)
class GradientSettings:
    """What can be varied about LESS; features of other settings are others."""

    rank: int = 8  # of the adapters whose gradients are taken
    dimension: int = 1024  # that gradients are projected to
    epochs: int = 4  # of the warm-up; each ends in a checkpoint
    warm_up: float = 0.05  # share of the pool that the adapters are warmed up on
    seed: int = 0

    def __post_init__(self):
        if min(self.rank, self.dimension, self.epochs) < 1:
            raise UnknownChoice(
                f"Gradients of rank {self.rank}, dimension {self.dimension} and {self.epochs}"
                " epochs are not offered. Give 1 or more of each."
            )
        if not 0 < self.warm_up <= 1:
            raise UnknownChoice(
                f"A warm-up on a share of {self.warm_up} of the pool is not offered. Give a share"
                " above 0 and at most 1."
            )

    def warm_up_rows(self, size: int) -> int:
        """How many examples of a pool of that size the adapters are warmed up on."""
        return max(round(self.warm_up * size), 1)

    def passes(self, pool: int, target: int) -> int:
        """Examples read forwards and backwards in all: in the warm-up, and for their gradients."""
        return self.epochs * (self.warm_up_rows(pool) + pool + target)
