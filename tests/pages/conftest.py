"""Pages are driven without a browser, each test in a workspace of its own."""

import json
import shutil
import time
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from delift_core.runs.store import bundled_run, open_run
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from pages.server.navigation import ENTRIES

DEMO_CHOICE = Choice("facility_location", "20")
FRAME = Path(__file__).parents[2] / "pages" / "server" / "frame.py"
PAGES = tuple(ENTRIES)


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    monkeypatch.setenv("DELIFT_WORKSPACE", str(tmp_path))
    return tmp_path


@pytest.fixture
def visit(workspace):
    """visit("choose/subset", run="demo", budget="7") -> the page at a first visit to that address

    visit(run=...) -> the first page
    """

    def open_page(path=None, /, **address):
        page = AppTest.from_file(str(FRAME), default_timeout=120)
        for name, value in address.items():
            page.query_params[name] = value
        page.run()
        return page.switch_page(f"../{path}.py").run() if path else page

    return open_page


@pytest.fixture
def before_validation(workspace, monkeypatch):
    """the demo as it is before it has held-out examples and was validated"""
    folder = workspace / "shipped"
    unmeasured = shutil.ignore_patterns("held_out", "validations")
    shutil.copytree(bundled_run().folder, folder, ignore=unmeasured)
    monkeypatch.setattr("delift_core.runs.store.bundled_run", lambda: open_run(folder))


@pytest.fixture
def demo(visit):
    """demo("choose/subset", ...) -> the page with the demo open, representing the pool"""
    return lambda path, /, **address: visit(
        path, **{"run": "demo", "objective": "facility_location", **address}
    )


def texts(page):
    """Everything a page says in plain words."""
    kinds = ("title", "subheader", "markdown", "caption", "info", "error", "warning", "success")
    return " ".join(
        str(element.value) for kind in kinds for element in getattr(page, kind)
    ).replace("\\", "")


def card(page):
    """What the card of the Audit page is given to show."""
    shown = page.get("bidi_component")[0].proto
    return json.loads(shown.json if shown.WhichOneof("data") == "json" else shown.mixed.json)


def button(page, label):
    """The one button with that label."""
    (match,) = [button for button in page.button if button.label == label]
    return match


def metric(page, label):
    """The number under a title."""
    return next(metric.value for metric in page.metric if metric.label == label)


def type_budget(page, amount):
    """Type an exact budget."""
    page.session_state["exact"] = True
    page.run()
    page.session_state["exact"] = True
    next(field for field in page.number_input if " to " in field.label).set_value(amount).run()


def table(page, name):
    """The rows of an example table."""
    return (
        next(frame.value for frame in page.dataframe if frame.key == f"table of {name}")
        if name
        else page.dataframe[0].value
    )


def open_tab(page, tab, key="example tab"):
    """The page with one of its tabs open; a tab that is not open holds nothing."""
    page.session_state[key] = tab
    return page.run()


def wait_until(page, happened, seconds=240):
    """Draw the page again until it says something, or until something holds of it."""
    holds = (lambda page: happened in texts(page)) if isinstance(happened, str) else happened
    end = time.monotonic() + seconds
    while not holds(page):
        assert time.monotonic() < end, f"{happened!r} never happened: {texts(page)}"
        assert not page.exception
        time.sleep(0.2)
        page.run()
    return page


def has_button(label):
    """A condition for `wait_until`: the page has a button."""
    return lambda page: label in [button.label for button in page.button]


def chosen_ids(choice=DEMO_CHOICE):
    """The ids that the engine chooses from the demo, in order of choice."""
    run = bundled_run()
    return [run.pool[index].id for index in choose(run, choice)[1].indices]
