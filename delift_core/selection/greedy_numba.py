"""Lazy greedy for large similarities, compiled: order and gains as of `greedy_numpy`."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from delift_core.selection.columns_numba import (
    bounds_of,
    columns_of,
    cover,
    gain_and_cover,
    gain_of,
    shorten,
)
from delift_core.selection.constraints import Constraints
from delift_core.selection.lanes import LANES
from delift_core.selection.lanes_numba import compiled, sums_and_negative
from delift_core.selection.objective import Objective
from delift_core.selection.objectives import facility_location
from delift_core.selection.settle import settle


class Limits(NamedTuple):
    """What each example takes of the budget and of its group, and how much of both there is."""

    weights: np.ndarray  # (shown,) greedy compares gain / weight
    costs: np.ndarray  # (shown,)
    groups: np.ndarray  # (shown,)
    room: np.ndarray  # (groups,) rows that each group may still get
    budget: int
    most: int  # choices


class Queue(NamedTuple):
    """A heap of examples and upper bounds of their worth, best first."""

    examples: np.ndarray  # (free,)
    worths: np.ndarray  # (free,)


def fill(
    objective: Objective,
    constraints: Constraints,
    begun: Sequence[int],
    weights: np.ndarray,
    most: int,
) -> tuple[np.ndarray, np.ndarray]:
    """(indices, gains) of up to `most` choices: those begun with, then greedily by gain / weight.

    It goes on as long as something fits.
    """
    columns, bar = columns_of(objective, objective.floor)
    bounds = bounds_of(objective, columns, bar)  # (shown,)
    free = constraints.free.copy()  # (shown,)
    free[list(begun)] = False
    order = np.lexsort((-bounds / weights,))  # (shown,) best first, ties by index: already a heap
    order = order[free[order]]  # (free,)
    limits = Limits(
        weights,
        constraints.costs,
        constraints.groups,
        constraints.quotas.copy(),
        constraints.limit,
        min(most, objective.size),
    )
    return _fill(
        columns,
        limits,
        Queue(order, (bounds / weights)[order]),
        bar,
        np.array(begun, dtype=np.int64),
    )


def gains_in_order(objective: Objective, order: np.ndarray) -> np.ndarray:
    """(chosen,) the marginal gain of every example of an order at its turn."""
    columns, bar = columns_of(objective, objective.floor)
    return _gains_in_order(columns, order, bar)


def warm() -> None:
    """Compile what choosing from a float32 kernel needs, so that no person waits for it."""
    objective = facility_location(np.eye(2, dtype=np.float32))
    sums_and_negative(objective.similarity.T)
    fill(objective, settle(1, 2), [], np.ones(2, dtype=np.int64), 1)
    gains_in_order(objective, np.arange(2))


@compiled
def _fill(columns, limits, queue, bar, begun):
    """Lazy greedy, as in `greedy_numpy.fill`, those begun with before the queue."""
    lanes, gaining = np.empty(LANES), np.empty(len(bar), np.uint8)
    picks, gains = np.empty(limits.most, np.int64), np.empty(limits.most)
    latest = np.empty(len(columns.modular))  # (shown,) the gain of each when it was last worked out
    turns = np.zeros(len(columns.modular), np.int64)  # 1 + the turn at which it was
    left, size, count = limits.budget, len(queue.examples), 0
    while count < len(begun) or (size > 0 and count < limits.most):
        queued = count >= len(begun)
        j = queue.examples[0] if queued else begun[count]
        group = limits.groups[j]
        fits = not queued or (limits.costs[j] <= left and limits.room[group] > 0)
        if fits and turns[j] <= count:
            if columns.lengths[j] < 0 and count > 0:
                shorten(columns, j, bar, gaining)
            latest[j] = gain_of(columns, j, bar, lanes)
            turns[j] = count + 1
            if queued:
                queue.worths[0] = latest[j] / limits.weights[j]
                _sink(queue, size)
            continue
        if queued:
            size -= 1
            queue.examples[0], queue.worths[0] = queue.examples[size], queue.worths[size]
            _sink(queue, size)
        if fits:
            picks[count], gains[count] = j, latest[j]
            left -= limits.costs[j]
            limits.room[group] -= 1
            count += 1
            cover(columns, j, bar)
    return picks[:count], gains[:count]


@compiled
def _sink(queue, size):
    """Move the first of a heap down to its position.

    The highest worth comes first, the lower index before an equal one.
    """
    examples, worths = queue.examples, queue.worths
    position, j, worth = 0, examples[0], worths[0]
    while 2 * position + 1 < size:
        child = 2 * position + 1
        other = child + 1
        if other < size and (
            worths[other] > worths[child]
            or (worths[other] == worths[child] and examples[other] < examples[child])
        ):
            child = other
        if worths[child] < worth or (worths[child] == worth and examples[child] > j):
            break
        examples[position], worths[position] = examples[child], worths[child]
        position = child
    examples[position], worths[position] = j, worth


@compiled
def _gains_in_order(columns, order, bar):
    """The gain of every example of an order at its turn."""
    lanes, gains = np.empty(LANES), np.empty(len(order))
    for turn in range(len(order)):
        gains[turn] = gain_and_cover(columns, order[turn], bar, lanes)
    return gains
