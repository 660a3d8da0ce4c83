"""What the order of method `rounds` is computed by. Imports nothing heavy."""

from dataclasses import dataclass
from enum import StrEnum

from delift_core.errors import UnknownChoice

EPOCHS = 3  # of every tuning, as published


class RoundPicks(StrEnum):
    """How the next examples are picked from the embeddings of a tuned model."""

    K_CENTER = "k_center"
    EMBEDDING_COVERAGE = "embedding_coverage"


@dataclass(frozen=True)
class RoundSettings:
    """What can be varied about DiverseEvol; orders of other settings are others."""

    rounds: int = 3  # of tuning; each ends in the next picks
    initial: float = 0.1  # share of the pool that is drawn first, by chance
    step: float = 0.1  # share that each round picks; the last one puts all others in order
    picks_by: str = RoundPicks.K_CENTER
    seed: int = 0

    def __post_init__(self):
        if self.rounds < 1:
            raise UnknownChoice(f"{self.rounds} rounds of tuning are not offered. Give 1 or more.")
        for share in (self.initial, self.step):
            if not 0 < share < 1:
                raise UnknownChoice(
                    f"Rounds that pick a share of {share} of the pool are not offered. Give a share"
                    " above 0 and below 1."
                )
        if self.picks_by not in list(RoundPicks):
            raise UnknownChoice(
                f"Rounds do not pick by {self.picks_by!r}. Choose one of {', '.join(RoundPicks)}."
            )

    def rows(self, number: int, size: int) -> int:
        """How many rows of a pool of that size round `number` is tuned on; 1 is the first."""
        initial, step = (max(round(share * size), 1) for share in (self.initial, self.step))
        return min(initial + (number - 1) * step, size)

    def picks(self, number: int, size: int) -> int:
        """How many rows a round picks: those by which the next one has more, or all others."""
        if number == self.rounds:
            return size - self.rows(number, size)
        return self.rows(number + 1, size) - self.rows(number, size)

    def read(self, number: int, size: int) -> int:
        """Examples that a round reads: in training, and for their embeddings."""
        trained = self.rows(number, size)
        if trained == size:  # nothing is left to pick
            return 0
        return EPOCHS * trained + size

    def passes(self, size: int) -> int:
        """Examples that all rounds read."""
        return sum(self.read(number, size) for number in range(1, self.rounds + 1))
