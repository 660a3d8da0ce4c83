"""Which pages there are. A section of the menu is a folder of pages/."""

from pathlib import Path

import streamlit as st

PAGES = Path(__file__).parents[1]
SECTIONS = {
    "prepare": {
        "start": ":material/flag:",
        "data": ":material/table_rows:",
        "model": ":material/memory:",
        "utilities": ":material/grid_on:",
    },
    "choose": {"subset": ":material/checklist:"},
    "inspect": {
        "map": ":material/scatter_plot:",
        "heatmap": ":material/apps:",
        "examples": ":material/view_list:",
    },
    "deliver": {
        "audit": ":material/fact_check:",
        "export": ":material/download:",
    },
}


def page(section: str, name: str) -> st.Page:
    """One page, as `st.navigation` and `st.switch_page` know it."""
    return st.Page(
        PAGES / section / f"{name}.py",
        title=name.capitalize(),
        icon=SECTIONS[section][name],
        default=name == "start",
    )


def navigation() -> st.Page:
    """The menu, and the page that was asked for."""
    return st.navigation(
        {
            section.capitalize(): [page(section, name) for name in names]
            for section, names in SECTIONS.items()
        }
    )


def go(place: str) -> None:
    """Switch to a page named section/page."""
    st.switch_page(page(*place.split("/")))
