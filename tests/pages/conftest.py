"""Pages are driven without a browser, each test in a workspace of its own."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.server.navigation import ENTRIES

FRAME = Path(__file__).parents[2] / "pages" / "server" / "frame.py"
PAGES = tuple(ENTRIES)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("DELIFT_WORKSPACE", str(tmp_path))
    return tmp_path


@pytest.fixture
def visit(workspace):
    """visit("choose/subset", run="demo", budget="7") -> the page as a first visit to that address
    shows it; visit(run=...) -> the first page
    """

    def open_page(place=None, /, **address):
        page = AppTest.from_file(str(FRAME), default_timeout=120)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        return page.switch_page(f"../{place}.py").run() if place else page

    return open_page


@pytest.fixture
def demo(visit):
    """demo("choose/subset", ...) -> the page with the demo open, representing the pool"""
    return lambda place, /, **address: visit(
        place, **{"run": "demo", "objective": "facility_location", **address}
    )


def texts(page):
    """Everything a page says in plain words."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "error", "warning", "success")
    return " ".join(
        str(element.value) for kind in kinds for element in getattr(page, kind)
    ).replace("\\", "")


def button(page, label):
    """The one button with that label."""
    (found,) = [button for button in page.button if button.label == label]
    return found


def table(page, name):
    """The rows of an example table."""
    return (
        next(frame.value for frame in page.dataframe if frame.key == f"table of {name}")
        if name
        else page.dataframe[0].value
    )


def turned_to(page, tab, place="example tab"):
    """The page with one of its tabs open; a tab that is not open holds nothing."""
    page.session_state[place] = tab
    return page.run()
