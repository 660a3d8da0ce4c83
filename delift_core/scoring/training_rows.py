"""What a trainer reads of an example: tokens, which of them carry a label, and where it is cut."""

from collections.abc import Iterable
from dataclasses import dataclass

MASKED = -100  # in place of a label
TRL_LENGTH = 1024  # tokens: the longest row of TRL's SFTConfig by default


@dataclass(frozen=True, slots=True)
class TrainingRow:
    """One example as a trainer's tokens. All positions count from 0, before anything is cut."""

    tokens: tuple[int, ...]  # of the whole conversation
    pieces: tuple[str, ...]  # the text of each token; together they are the conversation
    first_label: int  # tokens before it are masked
    end_of_turn: int | None  # the token that closes the response, None where there is none
    longest: int  # tokens that a trainer keeps, from the first on

    @property
    def kept(self) -> int:
        """How many tokens are left."""
        return min(len(self.tokens), self.longest)

    @property
    def labels(self) -> tuple[int, ...]:
        """(kept,) the token where it carries a label, MASKED where it does not."""
        masked = min(self.first_label, self.kept)
        return (*[MASKED] * masked, *self.tokens[masked : self.kept])

    @property
    def labelled(self) -> int:
        """How many tokens carry a label."""
        return max(0, self.kept - self.first_label)

    @property
    def is_cut(self) -> bool:
        """Whether tokens are lost."""
        return self.kept < len(self.tokens)

    @property
    def has_end(self) -> bool:
        """Whether the end of its turn carries a label, by which a model learns to stop."""
        return self.end_of_turn is not None and self.end_of_turn < self.kept


@dataclass(frozen=True)
class TrainingCounts:
    """How many examples a trainer reads otherwise than they are."""

    examples: int
    cut: int  # lose tokens
    without_end: int  # have no end of turn among their labels
    without_label: int  # teach nothing; TRL leaves them out
    refused: int  # the template does not write them


def counts_of(rows: Iterable[TrainingRow | None]) -> TrainingCounts:
    """How many of some rows lose something. None stands for one that the template refuses."""
    rows = list(rows)
    written = [row for row in rows if row is not None]
    return TrainingCounts(
        examples=len(rows),
        cut=sum(row.is_cut for row in written),
        without_end=sum(not row.has_end for row in written),
        without_label=sum(not row.labelled for row in written),
        refused=len(rows) - len(written),
    )
