"""The register of pages: adding a page is a file and a line here.

The menu, the run card's next step, `go` and the tests read this register. A section of the menu is
a folder of pages/.
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from pages.session import address

FOLDER = Path(__file__).parents[1]


@dataclass(frozen=True)
class PageEntry:
    """One page: the file pages/<section>/<name>.py."""

    section: str
    name: str
    icon: str
    title: str
    step: str | None = None  # the run card's button that leads here, where it is a step of the way

    @property
    def address(self) -> str:
        """section/name, as `go` takes it."""
        return f"{self.section}/{self.name}"

    @property
    def heading(self) -> str:
        """The section as the menu calls it; Overview stands above all sections."""
        return "" if self is OVERVIEW else self.section.capitalize()


# in the order of the menu, which is the order of the steps
PAGES = (
    PageEntry("overview", "overview", ":material/dashboard:", "Overview"),
    PageEntry("prepare", "start", ":material/flag:", "Start"),
    PageEntry("prepare", "data", ":material/table_rows:", "Data", "Load a pool"),
    PageEntry("prepare", "model", ":material/memory:", "Model", "Choose a model"),
    PageEntry("prepare", "scoring", ":material/grid_on:", "Scoring", "Score the pairs"),
    PageEntry("choose", "subset", ":material/checklist:", "Subset", "Choose a subset"),
    PageEntry("choose", "compare", ":material/compare_arrows:", "Compare"),
    PageEntry("inspect", "map", ":material/scatter_plot:", "Map", "Look at the choice"),
    PageEntry("inspect", "heatmap", ":material/apps:", "Heatmap"),
    PageEntry("inspect", "examples", ":material/view_list:", "Examples"),
    PageEntry("deliver", "audit", ":material/fact_check:", "Audit", "Audit the choice"),
    PageEntry("deliver", "validate", ":material/science:", "Validate"),
    PageEntry("deliver", "export", ":material/download:", "Export", "Export the subset"),
)
ENTRIES = {entry.address: entry for entry in PAGES}
OVERVIEW = ENTRIES["overview/overview"]
START = ENTRIES["prepare/start"]


def streamlit_page(entry: PageEntry, *, listed: bool = True) -> st.Page:
    """A page as `st.navigation` and `st.switch_page` know it. listed: whether the menu has it."""
    return st.Page(
        FOLDER / entry.section / f"{entry.name}.py",
        title=entry.title,
        icon=entry.icon,
        default=entry is START,
        visibility="visible" if listed else "hidden",
    )


def navigation(*, is_run_open: bool) -> st.Page:
    """The menu, and the page that was requested. Overview is listed once a run is open."""
    menu: dict[str, list[st.Page]] = {}
    for entry in PAGES:
        listed = is_run_open or entry is not OVERVIEW
        menu.setdefault(entry.heading, []).append(streamlit_page(entry, listed=listed))
    return st.navigation(menu, expanded=True)


def entry_of(page: st.Page) -> PageEntry | None:
    """The entry of the page being shown; None for one that is not in the register."""
    name = page.url_path or START.name
    return next((entry for entry in PAGES if entry.name == name), None)


def go(page: str) -> None:
    """Switch to a page named section/name; what is chosen stays in the address of both."""
    st.switch_page(streamlit_page(ENTRIES[page]), query_params=address.parameters())
