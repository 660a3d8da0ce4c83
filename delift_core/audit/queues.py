"""Queues of an audit: the indices of the examples to judge, in order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from delift_core.selection.greedy import Selection


class Queue(StrEnum):
    """An order to look at examples in."""

    RANK = "rank"
    LOWEST_GAIN = "lowest gain"
    LEAST_HELPFUL = "least helpful"
    DISAGREEMENT = "disagreement"
    RANDOM = "random"
    FILTER = "filter"
    BLIND = "blind"


class Source(StrEnum):
    """Where an example of a blind queue came from."""

    CHOSEN = "chosen"
    RANDOM = "random"
    REJECTED = "rejected"


@dataclass(frozen=True, eq=False)
class Blind:
    """A mixed queue whose sources are hidden; an example drawn for two sources counts for both."""

    indices: np.ndarray  # (examples,)
    sources: Mapping[int, tuple[Source, ...]]  # index -> where it came from


def by_rank(selection: Selection) -> np.ndarray:
    """(chosen,) the chosen in order of choice."""
    return selection.indices


def by_lowest_gain(selection: Selection) -> np.ndarray:
    """(chosen,) the chosen, those that added least first."""
    return selection.indices[np.argsort(selection.gains, kind="stable")]


def by_least_helpful(utilities: np.ndarray) -> np.ndarray:
    """(pool,) the whole pool, what helps the others least first.

    utilities: (pool,) mean utility as the shown example; NaN comes last.
    """
    return np.argsort(utilities, kind="stable")


def by_disagreement(
    disputed: Iterable[int], judged: Iterable[int], own: Iterable[int]
) -> np.ndarray:
    """(examples,) what reviewers differ on, then what only others have judged.

    Each part is in the order of the indices.

    disputed, judged, own: indices whose reviewers differ, that anybody judged, that this reviewer
    judged.
    """
    disputed = set(disputed)
    return np.array([*sorted(disputed), *sorted(set(judged) - set(own) - disputed)], dtype=np.int64)


def at_random(size: int, seed: int) -> np.ndarray:
    """(pool,) every example once, in an order drawn with a seed."""
    return np.random.default_rng(seed).permutation(size)


def blind(chosen: np.ndarray, size: int, each: int, seed: int) -> Blind:
    """Up to `each` examples drawn from the chosen, from the whole pool and from the rejected.

    The draw from the whole pool is a random selection, so it may meet the other two.
    """
    rng = np.random.default_rng(seed)
    everything = np.arange(size)  # (pool,)
    parts = {
        Source.CHOSEN: np.asarray(chosen),
        Source.RANDOM: everything,
        Source.REJECTED: np.setdiff1d(everything, chosen),
    }
    # (each,) per source
    drawn = {
        source: rng.choice(part, min(each, len(part)), replace=False)
        for source, part in parts.items()
    }
    sources: dict[int, tuple[Source, ...]] = {}
    for source, indices in drawn.items():
        for index in indices.tolist():
            sources[index] = (*sources.get(index, ()), source)
    return Blind(rng.permutation(np.array(sorted(sources), dtype=np.int64)), sources)


def first_open(indices: Sequence[int], seen: set[int]) -> int:
    """The position of the first example of a queue that was not seen yet; its length if none is."""
    for position, index in enumerate(indices):
        if index not in seen:
            return position
    return len(indices)
