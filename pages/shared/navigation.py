"""Which pages there are. A section of the menu is a folder of pages/."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parents[1]
SECTIONS = {
    "prepare": {
        "start": (":material/flag:", "Explore the demo, bring your own data, or open a run."),
        "data": (":material/table_rows:", "Load the pool, a target and known examples, and see what is wrong with them."),
        "model": (":material/memory:", "Choose the model that scores, and try one pair."),
        "utilities": (":material/grid_on:", "See what scoring costs, start it, follow it, stop it, continue it."),
    },
    "choose": {
        "subset": (":material/checklist:", "Pick an objective and a budget, and see what they choose."),
    },
    "inspect": {
        "map": (":material/scatter_plot:", "The pool as a map, the chosen on top; draw around examples to list them."),
        "heatmap": (":material/apps:", "Who helps whom: the utility kernel, down to single pairs."),
        "examples": (":material/view_list:", "Search, filter and read the examples one by one."),
    },
    "deliver": {
        "export": (":material/download:", "Take the chosen examples away, with a record of how they came about."),
    },
}


def page(section: str, name: str) -> st.Page:
    """One page, as `st.navigation` and `st.switch_page` know it."""
    icon, summary = SECTIONS[section][name]
    return st.Page(PAGES / section / f"{name}.py", title=name.capitalize(), icon=icon, help=summary, default=name == "start")


def navigation() -> st.Page:
    """The menu, and the page that was asked for."""
    return st.navigation({section.capitalize(): [page(section, name) for name in names] for section, names in SECTIONS.items()})


def go(place: str) -> None:
    """Switch to a page named section/page."""
    st.switch_page(page(*place.split("/")))
