"""What an audit amounts to: how often each source was kept, how far two reviewers agree, who said
what.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations

from delift_core.audit.events import VERDICTS, Action, Event, by_reviewer
from delift_core.audit.queues import Queue, Source

CONFIDENCE = 0.95


@dataclass(frozen=True)
class KeepRate:
    """How many of the judged examples of a source were kept, and the Wilson interval of that share."""

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
    """How far two reviewers agree on what both judged."""

    first: str
    second: str
    both: int  # examples that both judged
    same: int  # of them with the same verdict
    # (same share - share by chance) / (1 - share by chance); None where chance alone gives 1
    kappa: float | None


def counts(events: Iterable[Event]) -> dict[str, Counter]:
    """reviewer -> how many examples stand at keep, drop and flag."""
    return {
        reviewer: Counter(event.action for event in own.values())
        for reviewer, own in by_reviewer(events).items()
    }


def keep_rates(events: Iterable[Event]) -> list[KeepRate]:
    """Keep-rate per source of the blind queue, sources without a verdict left out; each reviewer's
    verdict counts once, as a draw of its own.
    """
    judged = [
        event
        for own in by_reviewer(event for event in events if _blind(event)).values()
        for event in own.values()
    ]
    rates = []
    for source in Source:
        own = [event for event in judged if source in event.source.split()]
        if own:
            kept = sum(event.action is Action.KEEP for event in own)
            rates.append(KeepRate(source, kept, len(own), *wilson(kept, len(own))))
    return rates


def _blind(event: Event) -> bool:
    """Said of a blind queue; an undo may take back anything."""
    return event.queue == Queue.BLIND or event.action is Action.UNDO


def wilson(kept: int, judged: int) -> tuple[float, float]:
    """The 95 % interval of a share after Wilson (1927): it stays within 0 and 1 and holds for small
    numbers.
    """
    from scipy.stats import binomtest

    interval = binomtest(kept, judged).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)


def agreements(verdicts: Mapping[str, Mapping[str, Event]]) -> list[Agreement]:
    """Every two reviewers that judged an example in common. verdicts: of `by_reviewer`."""
    return [
        _agreement(first, second, verdicts)
        for first, second in combinations(sorted(verdicts), 2)
        if set(verdicts[first]) & set(verdicts[second])
    ]


def _agreement(first: str, second: str, verdicts: Mapping[str, Mapping[str, Event]]) -> Agreement:
    common = sorted(set(verdicts[first]) & set(verdicts[second]))
    said = [
        [str(verdicts[reviewer][example].action) for example in common]
        for reviewer in (first, second)
    ]
    return Agreement(
        first,
        second,
        len(common),
        sum(one == other for one, other in zip(*said, strict=True)),
        kappa(*said),
    )


def kappa(first: list[str], second: list[str]) -> float | None:
    """Cohen's kappa (1960) of two lists of verdicts; None where both only ever said the same one
    thing.
    """
    from sklearn.metrics import cohen_kappa_score

    if len({*first, *second}) == 1:
        return None
    return float(cohen_kappa_score(first, second, labels=[str(verdict) for verdict in VERDICTS]))
