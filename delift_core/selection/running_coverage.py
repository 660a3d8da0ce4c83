"""Gains after a growing choice, asked for one example at a time.

What `greedy` does at every turn, for those who ask why it did: NumPy for small similarities, the
compiled loops for large ones, with the same numbers to the last bit.
"""

from collections.abc import Iterable

from delift_core.selection.objective import Objective
from delift_core.selection.running_coverage_numpy import RunningCoverage


def running_coverage(objective: Objective, chosen: Iterable[int]) -> RunningCoverage:
    """The coverage of a set of examples, to go on from."""
    if objective.is_large:
        from delift_core.selection.running_coverage_numba import CompiledCoverage

        return CompiledCoverage(objective, chosen)
    return RunningCoverage(objective, chosen)
