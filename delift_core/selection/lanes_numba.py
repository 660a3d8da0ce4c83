"""Compiled sums in the fixed order of `lanes`, and how loops are compiled."""

from collections.abc import Callable

import numpy as np
from numba import njit

from delift_core.selection.lanes import LANES


def compiled(loop: Callable) -> Callable:
    """Compiled once per machine and kept beside the code or in the user's cache.

    Where neither can be written, compiled in memory.
    """
    try:
        return njit(cache=True, nogil=True)(loop)
    except RuntimeError:
        return njit(nogil=True)(loop)


@compiled
def sum_of_lanes(lanes):
    """The lanes added up in their order."""
    total = 0.0
    for lane in lanes:
        total += lane
    return total


@compiled
def sums_and_negative(whole):
    """(sum_i s[i, j], whether any s[i, j] < 0) of columns, (shown, answered), in one read."""
    sums, lanes, negative = np.empty(len(whole)), np.empty(LANES), 0
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
            negative += column[i] < 0
        sums[j] = sum_of_lanes(lanes)
    return sums, negative > 0
