"""How much of a greedy order stays when pins and excludes change; only the rest is redone."""

from collections.abc import Collection, Sequence

import numpy as np

from delift_core.selection.greedy import Selection
from delift_core.selection.objective import Objective
from delift_core.selection.running_coverage import running_coverage

LEAST_WINDOW = 64  # turns looked at together


def unchanged_picks(
    objective: Objective,
    order: Selection,
    pins: Sequence[int],
    excludes: Collection[int],
    freed: Collection[int],
) -> int:
    """How many of the first picks of an order are the first picks still.

    order: greedy's, under a row budget, of the same objective with the same groups and quotas.
    pins, excludes: those of now.
    freed: what the order was not allowed to choose and may be chosen now.

    Pins come first, so an order serves only if it began with just these. From there on it holds up
    to the first pick that is excluded now or of which nothing was scored, or the first turn at
    which something freed would have gained more than what was picked.
    """
    picks = order.indices.tolist()
    if order.pinned > len(pins) or picks[: len(pins)] != list(pins):
        return 0
    ended_by = set(excludes)
    if objective.unscored is not None:  # whatever was freed comes before these
        ended_by |= set(np.flatnonzero(objective.unscored).tolist()) - set(pins)
    end = next((turn for turn, pick in enumerate(picks) if pick in ended_by), len(picks))
    if not freed:
        return end
    return _first_turn_of_freed(objective, order, range(len(pins), end), sorted(freed))


def _first_turn_of_freed(
    objective: Objective, order: Selection, turns: range, freed: list[int]
) -> int:
    """The first of these turns at which greedy would pick something freed; their end if none is.

    A gain never rises, so the last one known is a bound: turns that gained more are passed over,
    and those that gained as much by an example of a lower index.
    """
    running = running_coverage(objective, order.indices[: turns.start])
    bounds = np.full(len(freed), np.inf)  # (freed,)
    begun = turns.start
    while (turn := _next_in_reach(order, begun, turns.stop, (bounds.max(), freed[0]))) < turns.stop:
        running.choose_all(order.indices[begun:turn])
        pick, gain = order.indices[turn], order.gains[turn]
        for position in np.flatnonzero(bounds >= gain).tolist():
            bounds[position] = running.gain(freed[position])
            if (bounds[position], -freed[position]) > (gain, -pick):
                return turn
        running.choose(pick)
        begun = turn + 1
    return turns.stop


def _next_in_reach(order: Selection, start: int, stop: int, best: tuple[float, int]) -> int:
    """The first turn from `start` on that something freed might have won; `stop` where none is.

    best: the highest bound of what was freed, and its lowest index. Looked for in windows that
    double, for it is often the next turn.
    """
    (bound, lowest), width = best, LEAST_WINDOW
    while start < stop:
        window = slice(start, min(start + width, stop))
        gains, picks = order.gains[window], order.indices[window]  # (window,) both
        in_reach = np.flatnonzero((gains < bound) | ((gains == bound) & (picks > lowest)))
        if len(in_reach):
            return start + int(in_reach[0])
        start, width = start + width, 2 * width
    return stop
