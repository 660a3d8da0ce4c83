"""What people said of the examples, as the report tells it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from delift_core.analysis.agreement import Agreement, KeepRate, agreements, counts, keep_rates
from delift_core.audit.events import Action, Event, agreed, by_reviewer
from delift_core.audit.location import has_log


@dataclass(frozen=True)
class Audit:
    """The verdicts of a run and what they amount to."""

    counts: Mapping[str, Counter]  # reviewer -> keep, drop, flag
    rates: list[KeepRate]  # of the blind queue
    agreements: list[Agreement]
    guidelines: str
    verdicts: Mapping[str, Action]  # example -> what its reviewers say together
    said: Mapping[str, list[Event]]  # example -> the verdict of each reviewer


def audit_of(folder: Path) -> Audit | None:
    """The audit of the run in a folder; None while nobody has given a verdict."""
    if not has_log(folder):
        return None
    from delift_core.audit.log import open_log

    log = open_log(folder)
    events = log.events()
    own = {reviewer: events_of for reviewer, events_of in sorted(by_reviewer(events).items())}
    if not own:
        return None
    said: dict[str, list[Event]] = {}
    for event in (event for verdicts in own.values() for event in verdicts.values()):
        said.setdefault(event.example, []).append(event)
    return Audit(
        dict(sorted(counts(events).items())),
        keep_rates(events),
        agreements(own),
        log.guidelines(),
        agreed(own),
        said,
    )
