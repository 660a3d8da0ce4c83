"""Facility location by this project, submodlib and apricot: the picks of each."""

import numpy as np

from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location

BUDGET = 0.3


def ours(similarity: np.ndarray) -> np.ndarray:
    """The picks of this project, from a column-major or sparse array."""
    return maximise(facility_location(similarity), BUDGET).indices


def submodlib(similarity: np.ndarray) -> np.ndarray:
    """The picks of submodlib, from a row-major array."""
    from submodlib import FacilityLocationFunction

    function = FacilityLocationFunction(
        n=len(similarity), mode="dense", separate_rep=False, sijs=similarity
    )
    picks = function.maximize(
        budget=int(BUDGET * len(similarity)),
        optimizer="LazyGreedy",
        stopIfZeroGain=False,
        stopIfNegativeGain=False,
        verbose=False,
        show_progress=False,
    )
    return np.array([index for index, _ in picks])


def apricot(columns: np.ndarray) -> np.ndarray:
    """The picks of apricot, from the transposed array."""
    from apricot import FacilityLocationSelection

    count = int(BUDGET * len(columns))
    selection = FacilityLocationSelection(count, metric="precomputed", optimizer="lazy")
    return selection.fit(columns).ranking
