"""What stays of a greedy order when pins and excludes change, so that only the rest is worked out
again.
"""

from collections.abc import Collection, Sequence

import numpy as np

from delift_core.selection.greedy import Selection
from delift_core.selection.objective import Objective


def kept(
    objective: Objective,
    order: Selection,
    pins: Sequence[int],
    excludes: Collection[int],
    freed: Collection[int],
) -> int:
    """How many of the first picks of an order are the first picks still.

    order: greedy's, under a row budget, of the same objective with the same groups and quotas.
    freed: what it was not allowed to choose and may be chosen now. Pins come first, so an order
    serves only if it began with just these. From there on it holds up to the first pick that is
    excluded now, or the first turn at which something freed would have gained more than what was
    picked.
    """
    picks = order.indices.tolist()
    if order.pinned > len(pins) or picks[: len(pins)] != list(pins):
        return 0
    excluded = set(excludes)
    end = next((turn for turn, pick in enumerate(picks) if pick in excluded), len(picks))
    return end if not freed else _before_freed(objective, order, len(pins), end, sorted(freed))


def _before_freed(
    objective: Objective, order: Selection, begin: int, end: int, freed: list[int]
) -> int:
    """The first turn within begin:end that something freed would have had; a gain never rises, so
    the last one known is a bound.
    """
    coverage = objective.coverage(order.indices[:begin])  # (answered,)
    bounds = np.full(len(freed), np.inf)  # (freed,)
    for turn in range(begin, end):
        for place in np.flatnonzero(bounds >= order.gains[turn]):
            bounds[place] = objective.gain(freed[place], coverage)
            if (bounds[place], -freed[place]) > (order.gains[turn], -order.indices[turn]):
                return turn
        coverage = objective.covered(order.indices[turn], coverage)  # (answered,)
    return end
