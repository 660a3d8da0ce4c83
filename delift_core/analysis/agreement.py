"""Figures of an audit from its events: verdicts by reviewer, keep rates by source, agreement."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from delift_core.audit.events import VERDICTS, Action, Event, by_reviewer
from delift_core.audit.queues import Queue, Source

CONFIDENCE = 0.95


@dataclass(frozen=True)
class KeepRate:
    """The share of a source's judged examples that were kept, with its Wilson interval."""

    source: Source
    kept: int
    judged: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.kept / self.judged


@dataclass(frozen=True)
class Agreement:
    """Agreement of two reviewers on the examples that both judged."""

    first: str
    second: str
    both: int  # examples that both judged
    same: int  # of them with the same verdict
    # (same share - share by chance) / (1 - share by chance); None where chance alone gives 1
    kappa: float | None


def verdict_counts(events: Iterable[Event]) -> dict[str, Counter]:
    """reviewer -> how many examples stand at keep, drop and flag."""
    return {
        reviewer: Counter(event.action for event in verdicts.values())
        for reviewer, verdicts in by_reviewer(events).items()
    }


def keep_rates(events: Iterable[Event]) -> list[KeepRate]:
    """The keep rate of every source of the blind queue that has a verdict.

    Verdicts of several reviewers on one example count as draws of their own.
    """
    verdicts = by_reviewer(event for event in events if _is_blind(event))
    judged = [event for own in verdicts.values() for event in own.values()]
    rates = []
    for source in Source:
        drawn = [event for event in judged if source in event.source.split()]
        if drawn:
            kept = sum(event.action is Action.KEEP for event in drawn)
            low, high = wilson_interval(kept, len(drawn))
            rates.append(KeepRate(source, kept, len(drawn), low, high))
    return rates


def _is_blind(event: Event) -> bool:
    """Whether an event belongs to the blind queue; an undo may take back anything."""
    return event.queue == Queue.BLIND or event.action is Action.UNDO


def wilson_interval(kept: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), within 0 and 1 also for small numbers."""
    from scipy.stats import binomtest

    interval = binomtest(kept, judged).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)


def agreements(verdicts: Mapping[str, Mapping[str, Event]]) -> list[Agreement]:
    """The agreement of every two reviewers that judged an example in common.

    verdicts: as `by_reviewer` gives them.
    """
    return [
        _agreement(first, second, verdicts)
        for first, second in combinations(sorted(verdicts), 2)
        if verdicts[first].keys() & verdicts[second].keys()
    ]


def _agreement(first: str, second: str, verdicts: Mapping[str, Mapping[str, Event]]) -> Agreement:
    common = sorted(verdicts[first].keys() & verdicts[second].keys())
    ours = [str(verdicts[first][example].action) for example in common]
    theirs = [str(verdicts[second][example].action) for example in common]
    same = sum(mine == other for mine, other in zip(ours, theirs, strict=True))
    return Agreement(first, second, len(common), same, cohen_kappa(ours, theirs))


def cohen_kappa(first: list[str], second: list[str]) -> float | None:
    """Cohen's kappa (1960) of two lists of verdicts; None where all verdicts are the same."""
    from sklearn.metrics import cohen_kappa_score

    if len({*first, *second}) == 1:
        return None
    return float(cohen_kappa_score(first, second, labels=[str(verdict) for verdict in VERDICTS]))
