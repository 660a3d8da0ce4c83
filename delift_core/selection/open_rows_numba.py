"""Compiled loops over the open rows of a sparse similarity: rows whose rest is not covered yet.

A shown example covers the rest of every row that it was not scored for. Once one is chosen, only
rows that it was scored for can stay open, and a row that is not open never is again. So the list of
them is as long as the similarity is high at the start, and as short as one column from then on.
The loops go through a column and the open rows together, in the order of the rows: a sum has its
terms in the order in which it has them in a dense array.
"""

import numpy as np
from numba import float64

from delift_core.selection.lanes import LANES
from delift_core.selection.lanes_numba import compiled, sum_of_lanes

ROUNDING = 1e-9  # of a sum: far above what adding in another order can change


@compiled
def what_rest_adds(columns, i, bar):
    """max(min(rest_i, ceiling_i) - bar_i, 0)"""
    return max(min(float64(columns.rest[i]), columns.ceiling[i]) - bar[i], 0.0)


@compiled
def open_at_start(columns, bar):
    """List the rows whose rest is above the bar."""
    count = 0
    for i in range(len(columns.rest)):
        columns.open_rows[count] = i
        count += what_rest_adds(columns, i, bar) > 0
    columns.open_count[0] = count


@compiled
def gain_with_open_rows(columns, j, bar, lanes):
    """Marginal gain of example j without w_j; its list is shortened by rows that will never gain.

    sum over its scored rows of max(min(s[i, j], ceiling_i) - bar_i, 0), and over the other open
    rows of max(min(rest_i, ceiling_i) - bar_i, 0). A row stays listed as long as it is open: there
    example j does not give the rest.
    """
    lanes[:] = 0.0
    begin = columns.starts[j]
    kept, opened = begin, 0
    for position in range(begin, begin + columns.lengths[j]):
        i, value = columns.rows[position], columns.values[position]
        opened = _add_rests(columns, opened, i, bar, lanes)
        is_open = opened < columns.open_count[0] and columns.open_rows[opened] == i
        opened += is_open
        term = max(min(float64(value), columns.ceiling[i]) - bar[i], 0.0)
        lanes[i % LANES] += term
        columns.rows[kept], columns.values[kept] = i, value
        kept += term > 0 or is_open
    _add_rests(columns, opened, len(bar), bar, lanes)
    columns.lengths[j] = kept - begin
    return sum_of_lanes(lanes)


@compiled
def _add_rests(columns, opened, end, bar, lanes):
    """Add what the rests of open rows before row `end` give; the next open row."""
    while opened < columns.open_count[0] and columns.open_rows[opened] < end:
        i = columns.open_rows[opened]
        lanes[i % LANES] += what_rest_adds(columns, i, bar)
        opened += 1
    return opened


@compiled
def cover_rests(columns, j, bar):
    """Raise the bar of open rows that example j was not scored for, and list those still open.

    The bar of the rows that it was scored for has been raised already.
    """
    position, end = columns.starts[j], columns.starts[j] + columns.lengths[j]
    still = 0
    for opened in range(columns.open_count[0]):
        i = columns.open_rows[opened]
        while position < end and columns.rows[position] < i:
            position += 1
        if position < end and columns.rows[position] == i:
            columns.open_rows[still] = i
            still += what_rest_adds(columns, i, bar) > 0
        else:
            best = max(float64(columns.rest[i]), bar[i])
            bar[i] = best if best < columns.ceiling[i] else np.inf
    columns.open_count[0] = still


@compiled
def upper_bounds(columns, bar):
    """(shown,) a little above the marginal gain of every example, in one read of what was scored.

    B = sum_i max(min(rest_i, ceiling_i) - bar_i, 0) is what rests alone would add; a scored row
    adds what it gains and takes off what its rest would have given.
    """
    rests = 0.0
    for opened in range(columns.open_count[0]):
        rests += what_rest_adds(columns, columns.open_rows[opened], bar)
    bounds = np.empty(len(columns.modular))  # (shown,)
    for j in range(len(bounds)):
        gained, replaced = 0.0, 0.0
        begin = columns.starts[j]
        for position in range(begin, begin + columns.lengths[j]):
            i = columns.rows[position]
            value = float64(columns.values[position])
            gained += max(min(value, columns.ceiling[i]) - bar[i], 0.0)
            replaced += what_rest_adds(columns, i, bar)
        bounds[j] = gained * (1 + ROUNDING) + (rests - replaced) + rests * ROUNDING
        bounds[j] += columns.modular[j]
    return bounds
