"""The stage below the maps: plays the order of choice in the browser, and keeps what part is in
view while maps are drawn anew.
"""

from pathlib import Path

import streamlit as st

from delift_core.charts.maps import can_be_played
from delift_core.units import coverage_percent
from pages.session.cache import Chosen

HERE = Path(__file__).parent
PARTS = {
    kind: (HERE / f"map_play.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js")
}
_stage = st.components.v2.component("stage", **PARTS)


def stage(chosen: Chosen) -> None:
    """Play, pause and a slider, with the share of the whole pool that is reached at every turn; no
    controls where too many are chosen.
    """
    selection, whole = chosen.selection, chosen.order.objective.whole
    shares = selection.gains.cumsum() / whole if whole else 0 * selection.gains  # (chosen,)
    told = (
        [coverage_percent(share) for share in shares.tolist()]
        if can_be_played(selection.indices)
        else []
    )
    _stage(key="stage", data={"shares": told, "nothing": coverage_percent(0.0)})
