"""The stage below the maps: plays the order of choice in the browser.

It keeps what part is in view while maps are drawn anew.
"""

from delift_core.charts.maps import can_be_played
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent
from pages.widgets.component import component

_stage = component("stage", __file__)


def stage(chosen: Outcome, alone: bool = False) -> None:
    """Play, pause and a slider with the coverage at every turn, unless too many are chosen.

    alone: plays once by itself in a browser tab, except for who asks for little motion.
    """
    labels = []
    if can_be_played(chosen.selection.indices):
        labels = coverage_labels(chosen)
    data = {"shares": labels, "nothing": coverage_percent(0.0), "alone": alone}
    _stage(key="stage", data=data)


def coverage_labels(chosen: Outcome) -> list[str]:
    """(chosen,) the coverage after each rank."""
    coverage = chosen.curve.coverage[1 : len(chosen.selection) + 1]  # (chosen,)
    return [coverage_percent(value) for value in coverage.tolist()]
