"""Each chosen example with what it added at its turn, to whom, and what nearly took its place."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from delift_core.analysis.explain import Reason, by_gain_alone, runners_up, why_chosen
from delift_core.analysis.owners import NOBODY, owners
from delift_core.data.example import Dataset, Example
from delift_core.report.texts import cut, first_line
from delift_core.selection.choice import positions
from delift_core.selection.outcome import Outcome

PARTS = 5  # of the sum that a gain is, told one by one
LINE_MOST = 140  # bytes of a first line


@dataclass(frozen=True)
class Part:
    """What an example adds to one answered example."""

    answered: str
    line: str
    amount: float
    before: str | None  # who covered it best until then


@dataclass(frozen=True)
class Row:
    """A chosen example as the report tells it."""

    index: int
    rank: int
    example: Example
    line: str  # the first of its prompt
    gain: float
    covers: int  # answered examples that no other chosen one covers better, in the end
    anew: int  # answered examples it covered better than any before it
    parts: tuple[Part, ...]  # the largest of them
    rest: float  # what all other parts add
    own: float  # what it is worth by itself
    pinned: bool
    # the best example that was not taken at that turn, and what it would have added
    runner: tuple[str, float] | None


def rows_of(pool: Dataset, answered: Dataset, outcome: Outcome, most: int) -> list[Row]:
    """The first chosen, at most so many, in order of choice."""
    selection = outcome.selection
    # (pool,) NOBODY falls away
    covered = np.bincount(
        owners(outcome.objective, selection.indices) + 1, minlength=len(pool) + 1
    )[1:]
    runners = runners_up_of(pool, outcome)
    return [
        row_of(
            pool,
            answered,
            outcome,
            why_chosen(outcome.objective, selection, rank),
            rank,
            int(covered[index]),
            runner,
        )
        for rank, index, runner in zip(
            range(1, most + 1), selection.indices.tolist(), runners, strict=False
        )
    ]


def runners_up_of(pool: Dataset, outcome: Outcome) -> Iterator[tuple[int, float] | None]:
    """The runner-up at every rank; None throughout where examples do not compete by gain alone."""
    if not by_gain_alone(outcome.selection, outcome.choice.quotas):
        return repeat(None)
    excluded = np.array(positions(pool, outcome.choice.excludes), dtype=np.int64)
    return runners_up(outcome.objective, outcome.selection, excluded)


def row_of(
    pool: Dataset,
    answered: Dataset,
    outcome: Outcome,
    reason: Reason,
    rank: int,
    covers: int,
    runner: tuple | None,
) -> Row:
    """One of them."""
    selection = outcome.selection
    parts = tuple(
        part_of(pool, answered[where], amount, before)
        for where, amount, before in zip(
            reason.answered[:PARTS].tolist(),
            reason.parts[:PARTS].tolist(),
            reason.before[:PARTS].tolist(),
            strict=True,
        )
    )
    example = pool[reason.index]
    return Row(
        reason.index,
        rank,
        example,
        cut(first_line(example.prompt), LINE_MOST),
        float(selection.gains[rank - 1]),
        covers,
        len(reason.parts),
        parts,
        float(reason.parts[PARTS:].sum()),
        reason.modular,
        rank <= selection.pinned,
        runner and (pool[runner[0]].id, runner[1]),
    )


def part_of(pool: Dataset, example: Example, amount: float, before: int) -> Part:
    return Part(
        example.id,
        cut(first_line(example.prompt), LINE_MOST),
        amount,
        None if before == NOBODY else pool[before].id,
    )
