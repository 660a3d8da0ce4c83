"""The stage below the maps: plays the order of choice in the browser, and keeps what part is in
view while maps are drawn anew.
"""

from pathlib import Path

import streamlit as st

from delift_core.charts.maps import can_be_played
from delift_core.selection.curves import coverage_curve
from delift_core.selection.outcome import Outcome
from delift_core.units import coverage_percent

HERE = Path(__file__).parent
PARTS = {
    kind: (HERE / f"map_play.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
}
_stage = st.components.v2.component("stage", **PARTS)


def stage(chosen: Outcome) -> None:
    """Play, pause and a slider, with the coverage at every turn; no controls where too many are
    chosen.
    """
    labels: list[str] = []
    if can_be_played(chosen.selection.indices):
        coverage = coverage_curve(chosen.selection, chosen.objective.whole)[1:]  # (chosen,)
        labels = [coverage_percent(share) for share in coverage.tolist()]
    _stage(key="stage", data={"shares": labels, "nothing": coverage_percent(0.0)})
