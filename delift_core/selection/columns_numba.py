"""Compiled loops over the columns of an objective: their gains, and what they cover.

Two things make them fast. A column is read where it lies, once per evaluation, and no array is made
on the way. And a column of which few answered examples can still gain anything is kept as a list of
these, which only gets shorter; a sparse similarity is such lists from the start, with the rows of
which the rest is not covered yet (`open_rows_numba`). bar_i is the
coverage of answered example i, or infinity once it has reached its ceiling, so that

    gain of j = sum_i max(min(s[i, j], ceiling_i) - bar_i, 0) + w_j

Indices are unsigned where a loop has to run at the speed of memory: a signed one is checked for
counting from the end.
"""

from typing import NamedTuple

import numpy as np
from numba import float64, uintp

from delift_core.selection.lanes import LANES
from delift_core.selection.lanes_numba import compiled, sum_of_lanes
from delift_core.selection.objective import Objective
from delift_core.selection.open_rows_numba import (
    ROUNDING,
    cover_rests,
    gain_with_open_rows,
    open_at_start,
    upper_bounds,
)

# a column becomes a list once at most one in eight answered can gain: a quarter of a kernel at most
SHORT = 8
GLANCE = 512  # answered examples that are looked at to tell whether it will


class Columns(NamedTuple):
    """The columns of an objective, whole or as lists; the loops shorten the lists in place.

    The room for lists takes no memory before it is used.
    """

    whole: np.ndarray  # (shown, answered), empty where all are lists
    starts: np.ndarray  # (shown + 1,) where the room of each list begins
    lengths: np.ndarray  # (shown,) of each list, -1 where there is none yet
    rows: np.ndarray  # (room,) int32 answered examples
    values: np.ndarray  # (room,) their similarities
    rest: np.ndarray  # (answered,) similarity of pairs in no list, empty where columns are whole
    open_rows: np.ndarray  # (answered,) int32, first those whose rest is above the bar, in order
    open_count: np.ndarray  # (1,) how many these are
    ceiling: np.ndarray  # (answered,)
    modular: np.ndarray  # (shown,)


def columns_of(objective: Objective, coverage: np.ndarray) -> tuple[Columns, np.ndarray]:
    """The columns of an objective, and the bar of a coverage. Both (answered,)."""
    bar = np.where(coverage < objective.ceiling, coverage, np.inf)  # (answered,)
    if objective.is_sparse:
        columns = _lists_of(objective)
        open_at_start(columns, bar)
        return columns, bar
    return _whole_of(objective), bar


def _lists_of(objective: Objective) -> Columns:
    """The columns of a sparse similarity, as lists of what was scored."""
    scored, rest = objective.similarity.scored, objective.similarity.rest
    return Columns(
        whole=np.empty((0, 0), scored.dtype),
        starts=scored.indptr.astype(np.int64),
        lengths=np.diff(scored.indptr).astype(np.int64),
        rows=scored.indices.astype(np.int32),
        values=scored.data.copy(),
        rest=rest.copy(),
        open_rows=np.empty(len(rest), np.int32),
        open_count=np.zeros(1, np.int64),
        ceiling=objective.ceiling,
        modular=objective.modular,
    )


def _whole_of(objective: Objective) -> Columns:
    """The columns of an array, whole, with room for a list of each."""
    similarity, size = objective.similarity, objective.size
    starts = np.arange(size + 1) * (similarity.shape[0] // SHORT)  # (shown + 1,)
    return Columns(
        whole=similarity.T,
        starts=starts,
        lengths=np.full(size, -1),
        rows=np.empty(starts[-1], np.int32),
        values=np.empty(starts[-1], similarity.dtype),
        rest=np.empty(0, similarity.dtype),
        open_rows=np.empty(0, np.int32),
        open_count=np.zeros(1, np.int64),
        ceiling=objective.ceiling,
        modular=objective.modular,
    )


def bounds_of(objective: Objective, columns: Columns, bar: np.ndarray) -> np.ndarray:
    """(shown,) what no marginal gain is above: of a sparse similarity, hardly above."""
    if objective.sums is None:
        return upper_bounds(columns, bar)
    return objective.sums * (1 + ROUNDING) + objective.modular


@compiled
def gain_of(columns, j, bar, lanes):
    """Marginal gain of example j; its list, if it has one, is shortened."""
    if columns.lengths[j] < 0:
        return _gain_of_whole(columns.whole[j], bar, columns.ceiling, lanes) + columns.modular[j]
    if columns.open_count[0] > 0:
        return gain_with_open_rows(columns, j, bar, lanes) + columns.modular[j]
    begin, end = columns.starts[j], columns.starts[j + 1]
    gain, columns.lengths[j] = _gain_of_list(
        columns.rows[begin:end],
        columns.values[begin:end],
        columns.lengths[j],
        bar,
        columns.ceiling,
        lanes,
    )
    return gain + columns.modular[j]


@compiled
def shorten(columns, j, bar, gaining):
    """Make a list of the answered examples that column j can still gain from, if it fits its room.

    gaining: (answered,) uint8, scratch.
    """
    begin, end = columns.starts[j], columns.starts[j + 1]
    columns.lengths[j] = _list_of(
        columns.whole[j], bar, gaining, columns.rows[begin:end], columns.values[begin:end]
    )


@compiled
def cover(columns, j, bar):
    """Raise the bar to what example j covers too."""
    if columns.lengths[j] < 0:
        _raise_by_whole(columns.whole[j], bar, columns.ceiling)
    else:
        begin = columns.starts[j]
        _raise_by_list(
            columns.rows[begin:], columns.values[begin:], columns.lengths[j], bar, columns.ceiling
        )
        cover_rests(columns, j, bar)


@compiled
def gain_and_cover(columns, j, bar, lanes):
    """Marginal gain of example j, with the bar raised to what it covers: one read of a column."""
    if columns.lengths[j] < 0:
        gain = _gain_and_raise_by_whole(columns.whole[j], bar, columns.ceiling, lanes)
        return gain + columns.modular[j]
    gain = gain_of(columns, j, bar, lanes)
    cover(columns, j, bar)
    return gain


@compiled
def _gain_and_raise_by_whole(column, bar, ceiling, lanes):
    """`_gain_of_whole` and `_raise_by_whole` in one read."""
    even = len(column) - len(column) % LANES
    lanes[:] = 0.0
    for i in range(0, even, LANES):
        for k in range(LANES):
            value = float64(column[i + k])
            lanes[k] += max(min(value, ceiling[i + k]) - bar[i + k], 0.0)
            best = max(value, bar[i + k])
            bar[i + k] = best if best < ceiling[i + k] else np.inf
    for i in range(even, len(column)):
        lanes[i - even] += max(min(float64(column[i]), ceiling[i]) - bar[i], 0.0)
        best = max(float64(column[i]), bar[i])
        bar[i] = best if best < ceiling[i] else np.inf
    return sum_of_lanes(lanes)


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
    return sum_of_lanes(lanes)


@compiled
def _gain_of_list(rows, values, length, bar, ceiling, lanes):
    """The same sum over a list, and its new length: a row that gains nothing now never will."""
    lanes[:] = 0.0
    count = uintp(0)
    for position in range(uintp(length)):
        i, value = uintp(rows[position]), values[position]
        term = max(min(float64(value), ceiling[i]) - bar[i], 0.0)
        lanes[i % uintp(LANES)] += term
        rows[count], values[count] = i, value
        count += uintp(term > 0)
    return sum_of_lanes(lanes), count


@compiled
def _list_of(column, bar, gaining, rows, values):
    """List the answered examples that can still gain; its length, or -1 if it does not fit."""
    glanced, gaining_of_glanced = min(GLANCE, len(column)), 0
    for i in range(glanced):
        gaining_of_glanced += column[i] > bar[i]
    if gaining_of_glanced * SHORT > glanced:
        return -1
    length = 0
    for i in range(len(column)):
        gaining[i] = column[i] > bar[i]
        length += gaining[i]
    if length >= len(rows):
        return -1
    end = uintp(0)
    for i in range(uintp(len(column))):
        rows[end] = i  # overwritten unless i gains: no branch to guess wrong
        end += uintp(gaining[i])
    for position in range(end):
        values[position] = column[uintp(rows[position])]
    return length


@compiled
def _raise_by_whole(column, bar, ceiling):
    """The bar once a whole column is covered too."""
    for i in range(len(column)):
        best = max(float64(column[i]), bar[i])
        bar[i] = best if best < ceiling[i] else np.inf


@compiled
def _raise_by_list(rows, values, length, bar, ceiling):
    """The bar once a list is covered too."""
    for position in range(uintp(length)):
        i = uintp(rows[position])
        best = max(float64(values[position]), bar[i])
        bar[i] = best if best < ceiling[i] else np.inf
