"""Sums in one fixed order, the same to the last bit in NumPy and in compiled loops."""

import numpy as np

LANES = 64  # sums run side by side in so many lanes


def total(terms: np.ndarray) -> float:
    """sum_i terms_i in one fixed order: term i is added to lane i mod 64, then lane to lane.

    A compiled loop can follow that order at the speed of memory, and leaving out zeros does not
    change it, so the NumPy and the compiled loops give the same gain to the last bit.
    """
    even = len(terms) - len(terms) % LANES
    lanes = terms[:even].reshape(-1, LANES).sum(axis=0)  # (rounds, lanes) -> (lanes,)
    lanes[: len(terms) - even] += terms[even:]
    return float(np.add.accumulate(lanes)[-1])
