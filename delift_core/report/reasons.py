"""Each chosen example of a report: what it added at its turn, to whom, and the runner-up."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat

import numpy as np

from delift_core.analysis.explain import Reason, by_gain_alone, runners_up, why_chosen
from delift_core.analysis.owners import NOBODY, owners
from delift_core.data.example import Dataset, Example
from delift_core.report.texts import cut, opening_line
from delift_core.selection.choice import positions
from delift_core.selection.outcome import Outcome

PARTS = 5  # of the sum that a gain is, listed one by one
LINE_BYTES = 140


@dataclass(frozen=True)
class Part:
    """What an example adds to one answered example."""

    answered: str  # id
    line: str  # the opening of its prompt
    amount: float
    before: str | None  # id of its owner until then


@dataclass(frozen=True)
class ChosenRow:
    """A chosen example as the report lists it."""

    index: int
    rank: int
    example: Example
    line: str  # the opening of its prompt
    gain: float
    covers: int  # answered examples that it owns in the end
    newly_covered: int  # answered examples that it covered better than any before it
    parts: tuple[Part, ...]  # the largest of them
    rest: float  # the sum of all other parts
    modular: float  # what it is worth by itself
    pinned: bool
    runner_up: tuple[str, float] | None  # id of the best example not taken at that turn, its gain


def chosen_rows(pool: Dataset, answered: Dataset, outcome: Outcome, most: int) -> list[ChosenRow]:
    """The first chosen, at most so many, in order of choice."""
    selection = outcome.selection
    owner = owners(outcome.objective, selection.indices)  # (answered,)
    covers = np.bincount(owner[owner != NOBODY], minlength=len(pool))  # (pool,)
    runners = _runners_up(pool, outcome)
    rows = []
    for rank, runner_up in zip(range(1, min(most, len(selection)) + 1), runners, strict=False):
        reason = why_chosen(outcome.objective, selection, rank)
        example = pool[reason.index]
        rows.append(
            ChosenRow(
                index=reason.index,
                rank=rank,
                example=example,
                line=_line(example),
                gain=float(selection.gains[rank - 1]),
                covers=int(covers[reason.index]),
                newly_covered=len(reason.parts),
                parts=tuple(_largest_parts(pool, answered, reason)),
                rest=float(reason.parts[PARTS:].sum()),
                modular=reason.modular,
                pinned=rank <= selection.pinned,
                runner_up=runner_up,
            )
        )
    return rows


def _runners_up(pool: Dataset, outcome: Outcome) -> Iterator[tuple[str, float] | None]:
    """(id, gain) at every rank; None throughout where examples do not compete by gain alone."""
    if not by_gain_alone(outcome.selection, outcome.choice.quotas):
        yield from repeat(None)
    excluded = np.array(positions(pool, outcome.choice.excludes), dtype=np.int64)
    for runner_up in runners_up(outcome.objective, outcome.selection, excluded):
        if runner_up is None:
            yield None
        else:
            index, gain = runner_up
            yield pool[index].id, gain


def _largest_parts(pool: Dataset, answered: Dataset, reason: Reason) -> Iterator[Part]:
    """The parts that are listed one by one."""
    for index, amount, before in zip(
        reason.answered[:PARTS].tolist(),
        reason.parts[:PARTS].tolist(),
        reason.before[:PARTS].tolist(),
        strict=True,
    ):
        example = answered[index]
        owner = None if before == NOBODY else pool[before].id
        yield Part(example.id, _line(example), amount, owner)


def _line(example: Example) -> str:
    """The opening of a prompt, cut."""
    return cut(opening_line(example.prompt), LINE_BYTES)
