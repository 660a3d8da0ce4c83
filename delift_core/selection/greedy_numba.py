"""The loops that choose from large similarities, compiled: the same order and gains, to the last
bit, as `lazy` works out with NumPy.

Two things make them fast. A column is read where it lies, once per evaluation, and no array is made
on the way. And a column of which few answered examples can still gain anything is kept as a list of
these, which only gets shorter; a sparse similarity is such lists from the start. bar_i is the
coverage of answered example i, or infinity once it has reached its ceiling, so that

    gain of j = sum_i max(min(s[i, j], ceiling_i) - bar_i, 0) + w_j

Indices are unsigned where a loop has to run at the speed of memory: a signed one is checked for
counting from the end.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numba import float64, njit, uintp

from delift_core.selection.constraints import Constraints, settle
from delift_core.selection.objective import LANES, Objective
from delift_core.selection.objectives import facility_location

# a column becomes a list once at most one in eight answered can gain: a quarter of a kernel at most
SHORT = 8
GLANCE = 512  # answered examples looked at to tell whether it will
ROUNDING = 1e-9  # of a sum: far above what adding in another order can change


def compiled(loop: Callable) -> Callable:
    """Compiled once per machine and kept beside the code or in the user's cache; in memory only
    where neither can be written.
    """
    try:
        return njit(cache=True, nogil=True)(loop)
    except RuntimeError:
        return njit(nogil=True)(loop)


def fill(
    objective: Objective, rules: Constraints, begun: Sequence[int], weights: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """(indices, gains) of up to `most` choices: those begun with, then greedily by gain / weight as
    long as something fits.
    """
    bar = starting_bar(objective)  # (answered,)
    # (shown,) no marginal gain is higher
    bounds = objective.sums * (1 + ROUNDING) + objective.modular
    free = rules.free.copy()  # (shown,)
    free[begun] = False
    queue = np.lexsort((-bounds / weights,))  # (shown,) best first, ties by index: already a heap
    queue = queue[free[queue]]  # (free,)
    return _fill(
        *columns_of(objective),
        bar,
        objective.ceiling,
        objective.modular,
        weights,
        rules.costs,
        rules.groups,
        rules.quotas.copy(),
        queue,
        (bounds / weights)[queue],
        np.array(begun, dtype=np.int64),
        rules.limit,
        min(most, objective.size),
    )


def columns_of(objective: Objective) -> tuple[np.ndarray, ...]:
    """An objective's columns, whole or as lists; the room for lists takes no memory before it is
    used.

    whole: (shown, answered), empty where all are lists. starts: (shown + 1,) where the room of each
    begins. lengths: (shown,) of each list, -1 where there is none yet. rows, values: (room,)
    answered examples and their similarities.
    """
    similarity, size = objective.similarity, objective.size
    if objective.is_sparse:
        lengths = np.diff(similarity.indptr).astype(np.int64)
        none = np.empty((0, 0), similarity.dtype)
        return (
            none,
            similarity.indptr.astype(np.int64),
            lengths,
            similarity.indices.astype(np.int32),
            similarity.data.copy(),
        )
    starts = np.arange(size + 1) * (similarity.shape[0] // SHORT)
    return (
        similarity.T,
        starts,
        np.full(size, -1),
        np.empty(starts[-1], np.int32),
        np.empty(starts[-1], similarity.dtype),
    )


def gains_in_order(objective: Objective, order: np.ndarray) -> np.ndarray:
    """(chosen,) the marginal gain of every example of an order at its turn."""
    return _gains_in_order(
        *columns_of(objective),
        order,
        starting_bar(objective),
        objective.ceiling,
        objective.modular,
    )


def starting_bar(objective: Objective) -> np.ndarray:
    """(answered,) the bar before anything is chosen."""
    return np.where(objective.floor < objective.ceiling, objective.floor, np.inf)


def warm() -> None:
    """Compile what choosing from a float32 kernel needs, so that no person waits for it."""
    few = facility_location(np.eye(2, dtype=np.float32))
    look_through(few.similarity.T)
    fill(few, settle(1, 2), [], np.ones(2, dtype=np.int64), 1)
    gains_in_order(few, np.arange(2))


@compiled
def _added_up(lanes):
    """The lanes in their order."""
    total = 0.0
    for lane in lanes:
        total += lane
    return total


@compiled
def look_through(whole):
    """(sum_i s[i, j], whether any s[i, j] < 0) of columns, (shown, answered), in one read."""
    sums, lanes, below = np.empty(len(whole)), np.empty(LANES), 0
    for j in range(len(whole)):
        column = whole[j]
        even = len(column) - len(column) % LANES
        lanes[:] = 0.0
        for i in range(0, even, LANES):
            for k in range(LANES):
                lanes[k] += column[i + k]
        for i in range(even, len(column)):
            lanes[i - even] += column[i]
        for i in range(len(column)):
            below += column[i] < 0
        sums[j] = _added_up(lanes)
    return sums, below > 0


@compiled
def _gain_of_whole(column, bar, ceiling, lanes):
    """sum_i max(min(s_i, ceiling_i) - bar_i, 0), answered example i in lane i mod 64."""
    even = len(column) - len(column) % LANES
    lanes[:] = 0.0
    for i in range(0, even, LANES):
        for k in range(LANES):
            lanes[k] += max(min(float64(column[i + k]), ceiling[i + k]) - bar[i + k], 0.0)
    for i in range(even, len(column)):
        lanes[i - even] += max(min(float64(column[i]), ceiling[i]) - bar[i], 0.0)
    return _added_up(lanes)


@compiled
def _gain_of_list(rows, values, length, bar, ceiling, lanes):
    """The same sum over a list, and the length it is left with: who gains nothing now never will."""
    lanes[:] = 0.0
    kept = uintp(0)
    for place in range(uintp(length)):
        i, value = uintp(rows[place]), values[place]
        term = max(min(float64(value), ceiling[i]) - bar[i], 0.0)
        lanes[i % uintp(LANES)] += term
        rows[kept], values[kept] = i, value
        kept += uintp(term > 0)
    return _added_up(lanes), kept


@compiled
def _shorten(column, bar, gains, rows, values):
    """List the answered examples that can still gain; the length of the list, or -1 if the room
    does not hold it.
    """
    seen, some = min(GLANCE, len(column)), 0
    for i in range(seen):
        some += column[i] > bar[i]
    if some * SHORT > seen:
        return -1
    count, kept = 0, uintp(0)
    for i in range(len(column)):
        gains[i] = column[i] > bar[i]
        count += gains[i]
    if count >= len(rows):
        return -1
    for i in range(uintp(len(column))):
        rows[kept] = i  # overwritten unless i gains: no branch to guess wrong
        kept += uintp(gains[i])
    for place in range(kept):
        values[place] = column[uintp(rows[place])]
    return count


@compiled
def _raise(column, bar, ceiling):
    """The bar once a whole column is covered too."""
    for i in range(len(column)):
        best = max(float64(column[i]), bar[i])
        bar[i] = best if best < ceiling[i] else np.inf


@compiled
def _raise_by_list(rows, values, length, bar, ceiling):
    """The bar once a list is covered too."""
    for place in range(uintp(length)):
        i = uintp(rows[place])
        best = max(float64(values[place]), bar[i])
        bar[i] = best if best < ceiling[i] else np.inf


@compiled
def _sink(queue, worths, size):
    """Move the first of a heap down to where it belongs: the highest worth first, the lower index
    before an equal one.
    """
    place, j, worth = 0, queue[0], worths[0]
    while 2 * place + 1 < size:
        child = 2 * place + 1
        other = child + 1
        if other < size and (
            worths[other] > worths[child]
            or (worths[other] == worths[child] and queue[other] < queue[child])
        ):
            child = other
        if worths[child] < worth or (worths[child] == worth and queue[child] > j):
            break
        queue[place], worths[place], place = queue[child], worths[child], child
    queue[place], worths[place] = j, worth


@compiled
def _fill(
    whole,
    starts,
    lengths,
    rows,
    values,
    bar,
    ceiling,
    modular,
    weights,
    costs,
    groups,
    room,
    queue,
    worths,
    begun,
    left,
    most,
):
    """Lazy greedy, as in `lazy.fill`, those begun with before the queue; an example's first bound
    is the sum of its column.
    """
    lanes, gaining = np.empty(LANES), np.empty(len(bar), np.uint8)
    picks, gains, latest = np.empty(most, np.int64), np.empty(most), np.empty(len(modular))
    turns = np.zeros(len(modular), np.int64)  # 1 + the turn at which each was worked out
    size, count = len(queue), 0
    while count < len(begun) or (size > 0 and count < most):
        queued = count >= len(begun)
        j = queue[0] if queued else begun[count]
        fits = not queued or (costs[j] <= left and room[groups[j]] > 0)
        if fits and turns[j] <= count:
            begin, end = starts[j], starts[j + 1]
            if lengths[j] < 0 and count > 0:
                lengths[j] = _shorten(whole[j], bar, gaining, rows[begin:end], values[begin:end])
            if lengths[j] < 0:
                gain = _gain_of_whole(whole[j], bar, ceiling, lanes)
            else:
                gain, lengths[j] = _gain_of_list(
                    rows[begin:end], values[begin:end], lengths[j], bar, ceiling, lanes
                )
            latest[j], turns[j] = gain + modular[j], count + 1
            if queued:
                worths[0] = latest[j] / weights[j]
                _sink(queue, worths, size)
            continue
        if queued:
            size -= 1
            queue[0], worths[0] = queue[size], worths[size]
            _sink(queue, worths, size)
        if fits:
            picks[count], gains[count] = j, latest[j]
            left, room[groups[j]], count = left - costs[j], room[groups[j]] - 1, count + 1
            _cover(j, whole, starts, lengths, rows, values, bar, ceiling)
    return picks[:count], gains[:count]


@compiled
def _cover(j, whole, starts, lengths, rows, values, bar, ceiling):
    """The bar once example j is chosen too."""
    if lengths[j] < 0:
        _raise(whole[j], bar, ceiling)
    else:
        _raise_by_list(rows[starts[j] :], values[starts[j] :], lengths[j], bar, ceiling)


@compiled
def _gains_in_order(whole, starts, lengths, rows, values, order, bar, ceiling, modular):
    """The gain of every example of an order at its turn."""
    lanes, gains = np.empty(LANES), np.empty(len(order))
    for turn in range(len(order)):
        j = order[turn]
        begin, end = starts[j], starts[j + 1]
        if lengths[j] < 0:
            gain = _gain_of_whole(whole[j], bar, ceiling, lanes)
        else:
            gain, lengths[j] = _gain_of_list(
                rows[begin:end], values[begin:end], lengths[j], bar, ceiling, lanes
            )
        gains[turn] = gain + modular[j]
        _cover(j, whole, starts, lengths, rows, values, bar, ceiling)
    return gains
