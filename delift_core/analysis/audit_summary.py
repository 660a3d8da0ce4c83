"""The verdicts of a run, and the figures of `agreement` worked out from them."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from delift_core.analysis.agreement import (
    Agreement,
    KeepRate,
    agreements,
    keep_rates,
    verdict_counts,
)
from delift_core.audit.events import Action, Event, agreed, by_reviewer, edits_of
from delift_core.audit.location import has_log


@dataclass(frozen=True)
class Audit:
    """The verdicts of a run, and their figures."""

    counts: Mapping[str, Counter]  # reviewer -> keep, drop, flag
    rates: list[KeepRate]  # of the blind queue
    agreements: list[Agreement]
    guidelines: str
    verdicts: Mapping[str, Action]  # example -> its verdict by all its reviewers together
    events: Mapping[str, list[Event]]  # example -> the event of each reviewer that stands


def audit_of(folder: Path) -> Audit | None:
    """The audit of the run in a folder; None while no verdict stands."""
    if not has_log(folder):
        return None
    from delift_core.audit.log import open_log

    log = open_log(folder)
    events = log.events()
    verdicts = dict(sorted(by_reviewer(events).items()))
    if not verdicts:
        return None
    return Audit(
        dict(sorted(verdict_counts(events).items())),
        keep_rates(events),
        agreements(verdicts),
        log.guidelines(),
        agreed(verdicts),
        _by_example(verdicts),
    )


def edits_in(folder: Path) -> dict[str, str]:
    """Example id -> its response as reviewers of the run in a folder edited it."""
    if not has_log(folder):
        return {}
    from delift_core.audit.log import open_log

    return edits_of(open_log(folder).events())


def _by_example(verdicts: Mapping[str, Mapping[str, Event]]) -> dict[str, list[Event]]:
    """example -> the event of each reviewer, in the order of the reviewers."""
    events: dict[str, list[Event]] = {}
    for event_of in verdicts.values():
        for example, event in event_of.items():
            events.setdefault(example, []).append(event)
    return events
