"""What changed between two choices of a run: what was asked for, what came in and what went."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from delift_core.runs.run import Run
from delift_core.selection.choice import Choice, groups
from delift_core.selection.greedy import Selection
from delift_core.selection.outcome import Outcome
from delift_core.selection.running_coverage import running_coverage
from delift_core.units import counted

LISTS = {"pins": "pin", "excludes": "exclude", "quotas": "quota"}


@dataclass(frozen=True)
class Arrival:
    """An example that came in."""

    index: int
    rank: int
    gain: float
    covers: int  # examples that it covers better than those before it


@dataclass(frozen=True)
class Departure:
    """An example that is chosen no more."""

    index: int
    rank: int  # that it had
    reason: str


def arrivals(before: Selection, after: Outcome) -> Iterator[Arrival]:
    """What came in, in order of choice, with its gain under the objective."""
    selection, objective = after.selection, after.objective
    came = ~np.isin(selection.indices, before.indices)  # (chosen,)
    running = running_coverage(objective, [])
    for position, index in enumerate(selection.indices.tolist()):
        if came[position]:
            gain = float(selection.gains[position])
            yield Arrival(index, position + 1, gain, running.newly_covered(index))
        running.choose(index)


def departures(run: Run, before: Selection, after: Outcome) -> list[Departure]:
    """What went, in the earlier order of choice, and why."""
    went = np.flatnonzero(~np.isin(before.indices, after.selection.indices))  # (went,) positions
    members = groups(run.pool, after.choice.group_by)
    return [
        Departure(index, position + 1, _why_gone(run, index, members, after))
        for position, index in zip(went.tolist(), before.indices[went].tolist(), strict=True)
    ]


def _why_gone(run: Run, index: int, members: Sequence[str] | None, after: Outcome) -> str:
    """Why an example is not chosen: excluded, its group full, or others add more."""
    if run.pool[index].id in after.choice.excludes:
        return "It is excluded."
    entry = int(after.order.ranks[index])
    if entry:
        return f"Others add more: it would enter with a budget of {counted(entry, 'row')}."
    if members is not None and members[index] in after.choice.quotas:
        return f"Its group holds at most {after.choice.quotas[members[index]]:,}."
    return "Others add more."


def requested_changes(before: Choice, after: Choice) -> list[str]:
    """What is asked for otherwise: budget 20 to 23, 1 pin more."""
    changes: list[str] = []
    for name in (field.name for field in fields(Choice)):
        old, new = getattr(before, name), getattr(after, name)
        if old == new:
            continue
        if name in LISTS:
            changes += list_changes(LISTS[name], old, new)
        else:
            changes.append(f"{name.replace('_', ' ')} {old or 'none'} to {new or 'none'}")
    return changes


def list_changes(
    noun: str, before: Sequence[str] | Mapping[str, int], after: Sequence[str] | Mapping[str, int]
) -> Iterator[str]:
    """2 pins more, 1 pin less; or a change of order or amounts."""
    added, removed = len(set(after) - set(before)), len(set(before) - set(after))
    if added:
        yield f"{counted(added, noun)} more"
    if removed:
        yield f"{counted(removed, noun)} less"
    if not added and not removed:
        yield f"other {noun}s"
