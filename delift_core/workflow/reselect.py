"""A choice after an audit: dropped examples excluded, kept ones pinned, the rest chosen anew."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from delift_core.audit.events import Action
from delift_core.data.example import Dataset
from delift_core.selection.choice import Choice
from delift_core.selection.greedy import Selection
from delift_core.units import counted

NAMED, NAME_LENGTH = 3, 60  # dropped examples that a sentence names, and characters of each id


def dropped(pool: Dataset, selection: Selection, verdicts: Mapping[str, str]) -> list[str]:
    """Ids of the chosen that were dropped, in order of choice.

    verdicts: example id -> what its reviewers agree on.
    """
    chosen = [pool[index].id for index in selection.indices.tolist()]
    return [id for id in chosen if verdicts.get(id) == Action.DROP]


def dropped_line(ids: Sequence[str], chosen: int, left_out: bool) -> str:
    """How many of the chosen were dropped, the first ids, and whether an export holds them."""
    verb = "was" if len(ids) == 1 else "were"
    names = first_names(ids)
    sentence = f"{len(ids):,} of the {chosen:,} chosen examples {verb} dropped ({names})"
    if left_out:
        return f"{sentence}; what is exported holds the other {chosen - len(ids):,}."
    return f"{sentence}, and what is exported holds them all the same."


def edited_line(ids: Sequence[str], are_taken: bool) -> str:
    """How many responses of an export were edited, and whether it holds them so."""
    verb = "was" if len(ids) == 1 else "were"
    sentence = f"{counted(len(ids), 'response')} {verb} edited ({first_names(ids)})"
    if are_taken:
        return f"{sentence}; exported as edited."
    return f"{sentence}; exported as read."


def first_names(ids: Sequence[str]) -> str:
    """The first few ids, and how many more there are."""
    names = ", ".join(id[:NAME_LENGTH] for id in ids[:NAMED])
    if len(ids) > NAMED:
        names += f" and {len(ids) - NAMED:,} more"
    return names


def after_audit(
    choice: Choice, pool: Dataset, selection: Selection, verdicts: Mapping[str, Action]
) -> Choice:
    """The choice with dropped examples excluded and kept ones of the selection pinned, in order.

    verdicts: example id -> what its reviewers agree on. A kept example that was not chosen is not
    pinned, a flagged one is left to the objective. An audit overrides earlier pins and excludes.
    """
    to_drop = [id for id, verdict in verdicts.items() if verdict is Action.DROP]
    to_keep = {id for id, verdict in verdicts.items() if verdict is Action.KEEP}
    chosen = [pool[index].id for index in selection.indices.tolist()]
    pins = [id for id in choice.pins if id not in to_drop]
    pins += [id for id in chosen if id in to_keep and id not in pins]
    excludes = [id for id in choice.excludes if id not in to_keep]
    pool_ids = {example.id for example in pool}
    excludes += [id for id in to_drop if id not in excludes and id in pool_ids]
    return replace(choice, pins=tuple(pins), excludes=tuple(excludes))


@dataclass(frozen=True, eq=False)
class Change:
    """What one selection has that another has not."""

    came: np.ndarray  # (came,) indices, in order of choice
    went: np.ndarray  # (went,) indices, in the earlier order of choice


def change(before: Selection, after: Selection) -> Change:
    """What came in and what went out."""
    came = after.indices[~np.isin(after.indices, before.indices)]
    went = before.indices[~np.isin(before.indices, after.indices)]
    return Change(came, went)
