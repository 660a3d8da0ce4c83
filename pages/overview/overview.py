"""Overview: what was chosen, how well it does, and why, on one screen."""

import streamlit as st

from delift_core.runs.run import Run
from delift_core.selection.outcome import Outcome
from pages.overview.overview_actions import actions
from pages.overview.overview_curve import curve_panel
from pages.overview.overview_drawer import drawer
from pages.overview.overview_examples import example_cards
from pages.overview.overview_groups import groups_panel
from pages.overview.overview_headline import headline, pool_headline
from pages.overview.overview_map import map_panel
from pages.overview.overview_trust import trust_line
from pages.server.navigation import go
from pages.session import cache, current
from pages.widgets.composition_panel import composition_panel, pool_panel
from pages.widgets.goals import goal_switch
from pages.widgets.guards import need_run
from pages.widgets.refusals import or_stop

UPPER, LOWER = (5, 4), (6, 7, 7)  # widths of the columns


def unscored(run: Run) -> None:
    """What there is before anything is scored, and the way on."""
    st.title("Overview")
    pool_headline(run)
    if st.button("Go to Scoring", type="primary", icon=":material/arrow_forward:"):
        go("prepare/scoring")
    pool_panel(run)
    st.stop()


def scored(run: Run, chosen: Outcome) -> None:
    """The map beside the curve; below them composition, groups and three examples."""
    headline(run, chosen)
    wide, narrow = st.columns(UPPER, gap="medium")
    with wide:
        map_panel(run, chosen)
    with narrow:
        curve_panel(chosen)
    left, middle, right = st.columns(LOWER, gap="medium")
    with left:
        composition_panel(run, chosen)
    with middle:
        groups_panel(run)
    with right:
        example_cards(run, chosen)
    trust_line(run, chosen)
    drawer(run)


run = need_run("Overview")
if not cache.scored_objectives(run):
    unscored(run)
with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Overview")
    goal_switch(run)
    buttons = st.container(width="content")
chosen = or_stop(current.chosen)
with buttons:
    actions(run, chosen)
scored(run, chosen)
