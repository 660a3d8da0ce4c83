"""Compare: several selections side by side, at the same budget and beside random ones."""

import streamlit as st

from delift_core.runs.run import Run
from pages.choose.compare_composition import composition_part
from pages.choose.compare_examples import examples_part
from pages.choose.compare_maps import maps_part
from pages.choose.compare_measures import measures_part
from pages.choose.compare_picks import picks
from pages.choose.compare_view import CompareView
from pages.session import address, cache, cached_comparison, compared, widget_state
from pages.session.cached_comparison import Gathered
from pages.widgets.budget import budget_controls
from pages.widgets.guards import need_choice
from pages.widgets.plan_note import plan_note
from pages.widgets.refusals import or_stop

PARTS = {
    "measures": ("Measures", measures_part),
    "maps": ("Maps", maps_part),
    "composition": ("Composition", composition_part),
    "examples": ("Examples", examples_part),
}


def part_control() -> str:
    """Which part of the comparison is shown."""
    return widget_state.pick(
        st.segmented_control,
        "Show",
        "compare_part",
        list(PARTS),
        next(iter(PARTS)),
        format_func=lambda part: PARTS[part][0],
        required=True,
        label_visibility="collapsed",
    )


def open_first(run: Run, gathered: Gathered) -> None:
    """Open what the first selection chose first, where no example of the pool is open."""
    rows = gathered.entries[0].rows  # (chosen,)
    if cache.position(run, address.get("example")) is None and len(rows):
        address.put(example=run.pool[int(rows[0])].id)


run, chosen = need_choice("Compare")
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Compare")
    bar = st.container(width="content")
names = or_stop(lambda: compared.names(run))
gathered = cached_comparison.gather(run, chosen.choice, names)
with bar:
    part = part_control()
picks(run, gathered)
budget_controls(run)
if not gathered.entries:
    st.info("Pick two selections or more to compare them.", icon=":material/info:")
    st.stop()
open_first(run, gathered)
view = or_stop(lambda: CompareView.of(run, gathered))
PARTS[part][1](view)
plan_note(run)
