"""After an audit: which of the chosen were dropped; and the choice in which they stay out, what was
kept stays in, and the freed places are filled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from delift_core.audit.events import Action
from delift_core.data.example import Dataset
from delift_core.selection.choice import Choice
from delift_core.selection.greedy import Selection

NAMED, NAME_LENGTH = 3, 60  # dropped examples that a sentence names, and characters of each id


def dropped(pool: Dataset, selection: Selection, verdicts: Mapping[str, str]) -> list[str]:
    """Ids of the chosen that were dropped, in order of choice.

    verdicts: example id -> what its reviewers agree on.
    """
    return [
        id
        for index in selection.indices.tolist()
        if verdicts.get(id := pool[index].id) == Action.DROP
    ]


def dropped_line(ids: Sequence[str], chosen: int, left_out: bool) -> str:
    """How many of the chosen were dropped and the first of them, and whether an export holds them."""
    more = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
    named = (
        f"{len(ids):,} of the {chosen:,} chosen examples {'was' if len(ids) == 1 else 'were'}"
        f" dropped ({', '.join(id[:NAME_LENGTH] for id in ids[:NAMED])}{more})"
    )
    return (
        f"{named}; what is exported holds the other {chosen - len(ids):,}."
        if left_out
        else f"{named}, and what is exported holds them all the same."
    )


def after_audit(
    choice: Choice, pool: Dataset, selection: Selection, verdicts: Mapping[str, Action]
) -> Choice:
    """The choice with every dropped example excluded and every kept one of the selection pinned, in
    order of choice.

    verdicts: example id -> what its reviewers agree on. A kept example that was not chosen is a
    good one, not one that must be chosen; a flagged one is left to the objective. An audit outdoes
    earlier pins and excludes.
    """
    dropped = [id for id, verdict in verdicts.items() if verdict is Action.DROP]
    kept = [id for id, verdict in verdicts.items() if verdict is Action.KEEP]
    order = [pool[index].id for index in selection.indices.tolist()]
    pins = [id for id in choice.pins if id not in dropped]
    pins += [id for id in order if id in set(kept) and id not in pins]
    excludes = [id for id in choice.excludes if id not in kept]
    known = {example.id for example in pool}
    excludes += [id for id in dropped if id not in excludes and id in known]
    return replace(choice, pins=tuple(pins), excludes=tuple(excludes))


@dataclass(frozen=True, eq=False)
class Change:
    """What one selection has that another has not."""

    came: np.ndarray  # (came,) indices, in order of choice
    went: np.ndarray  # (went,) indices, in order of choice before


def change(before: Selection, after: Selection) -> Change:
    """What came in and what went out."""
    came, went = (
        one.indices[~np.isin(one.indices, other.indices)]
        for one, other in ((after, before), (before, after))
    )
    return Change(came, went)
