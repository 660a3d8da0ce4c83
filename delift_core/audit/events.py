"""Verdicts as append-only events: the latest event of an example that still stands is its verdict.

A verdict is keyed by the id of its example, never by a position. Undoing is an event too: it names
what it takes back.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """A verdict (keep, drop or flag), a skipped example, an edited response, or an undo."""

    KEEP = "keep"
    DROP = "drop"
    FLAG = "flag"
    SKIP = "skip"
    EDIT = "edit"
    UNDO = "undo"


VERDICTS = (Action.KEEP, Action.DROP, Action.FLAG)
# offered by the keys 1 to 9
REASONS = (
    "wrong",
    "unclear",
    "incomplete",
    "off topic",
    "duplicate",
    "badly formatted",
    "unsafe",
    "outdated",
    "too easy",
)


@dataclass(frozen=True)
class Event:
    """What a reviewer said about an example, or took back."""

    uid: str  # drawn at random by the writer: an event sent twice is stored once
    example: str  # id in the pool; of an undo, that of the event taken back
    action: Action
    reviewer: str
    reasons: tuple[str, ...] = ()
    note: str = ""  # of an edit: the response from then on
    queue: str = ""  # which queue offered the example
    source: str = ""  # in a blind queue, where the example came from
    batch: str = ""  # shared by the events of one act, which one undo takes back
    undoes: str = ""  # of an undo: the uid or batch that no longer stands
    time: str = ""  # UTC, ISO 8601; set when it is written

    @property
    def act(self) -> str:
        """What an undo names: the batch where there is one."""
        return self.batch or self.uid


def standing(events: Iterable[Event]) -> list[Event]:
    """What still stands, in order: neither undone nor an undo."""
    events = list(events)
    undone = {event.undoes for event in events if event.action is Action.UNDO}
    return [
        event for event in events if event.action is not Action.UNDO and event.act not in undone
    ]


def by_reviewer(events: Iterable[Event]) -> dict[str, dict[str, Event]]:
    """reviewer -> example -> the event that is this reviewer's verdict: the latest that stands."""
    verdicts: dict[str, dict[str, Event]] = {}
    for event in standing(events):
        if event.action in VERDICTS:
            verdicts.setdefault(event.reviewer, {})[event.example] = event
    return verdicts


def edits_of(events: Iterable[Event]) -> dict[str, str]:
    """example -> its response as it was edited last, whoever did; what is read stays as it is."""
    return {event.example: event.note for event in standing(events) if event.action is Action.EDIT}


def actions_of(verdicts: Mapping[str, Mapping[str, Event]]) -> dict[str, set[Action]]:
    """example -> the verdicts of its reviewers. verdicts: as `by_reviewer` gives them."""
    actions: dict[str, set[Action]] = {}
    for own in verdicts.values():
        for example, event in own.items():
            actions.setdefault(example, set()).add(event.action)
    return actions


def agreed(verdicts: Mapping[str, Mapping[str, Event]]) -> dict[str, Action]:
    """example -> its verdict by all its reviewers together; one they differ on is flagged."""
    agreed: dict[str, Action] = {}
    for example, actions in actions_of(verdicts).items():
        agreed[example] = Action.FLAG
        if len(actions) == 1:
            (agreed[example],) = actions
    return agreed


def disputed(verdicts: Mapping[str, Mapping[str, Event]]) -> set[str]:
    """Examples whose reviewers differ."""
    return {example for example, actions in actions_of(verdicts).items() if len(actions) > 1}


def last_act(events: Iterable[Event], reviewer: str) -> list[Event]:
    """The events of a reviewer's latest act that stands, which the next undo would take back."""
    own = [event for event in standing(events) if event.reviewer == reviewer]
    return [event for event in own if event.act == own[-1].act]
