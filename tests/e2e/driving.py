"""How the tests drive the dashboard in a browser.

Selectors, and the words that widgets are found by, stand here and in charts.py.
"""

import os
import re
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

if os.environ.get("E2E_REQUIRED") != "1":
    pytest.importorskip("playwright", reason='no playwright: pip install -e ".[e2e]"')

from playwright.sync_api import Locator, Page, expect

from pages.server.navigation import PAGES, START

PATIENCE = 20_000  # milliseconds for anything a page does by itself
expect.set_options(timeout=PATIENCE)

SETTLED = (
    "[data-testid=stApp][data-test-script-state=notRunning][data-test-connection-state=CONNECTED]"
)
TITLES = {"": "Choose the examples worth fine-tuning on"}
TITLES |= {page.name: page.title for page in PAGES if page is not START}
ROW = 35  # pixels of a row of a table, its header included
PROBES = re.compile(rf"/(?:{'|'.join(filter(None, TITLES))})/_stcore/(?:health|host-config)$")

# what a page holds

main = partial(Page.get_by_test_id, test_id="stMain")
sidebar = partial(Page.get_by_test_id, test_id="stSidebar")


def heading(page: Page, label: str) -> Locator:
    return main(page).get_by_role("heading", name=label, exact=True)


def button(page: Page, label: str) -> Locator:
    return main(page).get_by_role("button", name=label, exact=True)


def metric(page: Page, label: str) -> Locator:
    """The number under a title."""
    return (
        page.get_by_test_id("stMetric")
        .filter(has=page.get_by_text(label, exact=True))
        .get_by_test_id("stMetricValue")
    )


def switch(page: Page, group: str, label: str | re.Pattern) -> Locator:
    """One of several values that stand side by side."""
    group_element = main(page).get_by_role("radiogroup", name=group, exact=True)
    return group_element.get_by_role("radio", name=label, exact=isinstance(label, str))


def slider(page: Page, label: str) -> Locator:
    return main(page).get_by_role("slider", name=label)


def expander(page: Page, label: str) -> Locator:
    return page.get_by_test_id("stExpander").filter(
        has=page.locator("summary").filter(has_text=label)
    )


def chips(page: Page, field: str) -> Locator:
    """The values a field holds, each of which can be taken off."""
    return (
        page.get_by_test_id("stMultiSelect")
        .filter(has=page.get_by_role("combobox", name=field))
        .locator("[data-tag]")
    )


def turns(page: Page) -> Locator:
    """The turns of an example, in the font of text or of code."""
    return main(page).locator("[data-testid=stText], [data-testid=stCode]")


def table(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def address(page: Page) -> dict[str, list[str]]:
    """The parameters of the page's address."""
    return parse_qs(urlsplit(page.url).query)


def troubles_of(page: Page, url: str) -> list[str]:
    """A list that grows with everything that goes wrong in a page.

    That is errors, requests to elsewhere, refusals, and dialogs of a script. Streamlit's own
    browser code looks for its server below the path of a deep link first; those two refusals are
    let pass.
    """
    troubles, own = [], (url, url.replace("http", "ws", 1), "data:", "blob:")
    page.on("pageerror", lambda error: troubles.append(f"error in the page: {error}"))
    page.on("crash", lambda _: troubles.append("the page crashed"))
    page.on(
        "console",
        lambda message: (
            message.type == "error"
            and not PROBES.search(message.location["url"])
            and troubles.append(f"console: {message.text}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            request.url.startswith(own) or troubles.append(f"request to elsewhere: {request.url}")
        ),
    )
    page.on(
        "websocket",
        lambda socket: (
            socket.url.startswith(own) or troubles.append(f"socket to elsewhere: {socket.url}")
        ),
    )
    page.on(
        "response",
        lambda answer: (
            answer.status >= 400
            and not PROBES.search(answer.url)
            and troubles.append(f"{answer.status} {answer.url}")
        ),
    )
    page.on(
        "dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss())
    )
    return troubles


# what a person does


def go(page: Page, path: str, **parameters: object) -> Page:
    """Type an address."""
    page.goto(f"/{path}?{urlencode(parameters, doseq=True)}" if parameters else f"/{path}")
    return opened(page, path)


def opened(page: Page, path: str) -> Page:
    """Wait until a page has its title and is at rest."""
    expect(heading(page, TITLES[path])).to_be_visible()
    return settled(page)


def settled(page: Page) -> Page:
    """No script at work and the server connected."""
    page.wait_for_selector(SETTLED, timeout=PATIENCE)
    return page


def follow_menu(page: Page, path: str) -> Page:
    sidebar(page).get_by_role("link", name=TITLES[path] if path else "Start", exact=True).click()
    return opened(page, path)


def unfold(page: Page, label: str) -> Locator:
    """Open an expander that may be open already."""
    settled(page)
    element = expander(page, label)
    if element.locator("details").get_attribute("open") is None:
        element.locator("summary").click()
    return element


AT_REST = """element => new Promise(done => { let top = null, frames = 0;
    element.scrollIntoView({block: "center", behavior: "instant"});
    const look = () => {
        const now = element.getBoundingClientRect().top;
        frames = now === top ? frames + 1 : 0;
        top = now;
        frames > 20 ? done() : requestAnimationFrame(look);
    };
    look(); })"""


def pick_option(page: Page, field: str, option: str) -> None:
    """Choose in a list that opens, once neither a script nor scrolling can close it again."""
    settled(page)
    box = main(page).get_by_role("combobox", name=field, exact=True)
    box.evaluate(AT_REST)
    box.click()
    page.get_by_role("option", name=option, exact=True).click()


def upload(page: Page, name: str, content: bytes) -> None:
    """Give a file to the page, as read from a person's disk."""
    main(page).get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    expect(main(page)).to_contain_text(name)
    button(page, "Import").click()


def nudge(page: Page, name: str, steps: int) -> None:
    """Move a slider with the arrow keys."""
    for _ in range(abs(steps)):
        slider(page, name).press("ArrowRight" if steps > 0 else "ArrowLeft")


def set_number(page: Page, field: str, value: int) -> None:
    box = main(page).get_by_role("spinbutton", name=field, exact=True)
    box.fill(str(value))
    box.press("Enter")


def hurry(page: Page, name: str, steps: int, pause: int) -> None:
    """Move a slider step by step without waiting for the page, some milliseconds a step."""
    slider(page, name).focus()
    for _ in range(steps):
        page.keyboard.press("ArrowRight", delay=pause)


def download(page: Page, label: str) -> bytes:
    """The bytes that a button gives to the browser."""
    with page.expect_download() as coming:
        button(page, label).click()
    return Path(coming.value.path()).read_bytes()


# tables: drawn on a canvas, with a grid behind it for those who listen; it holds the rows in sight


def expect_rows(page: Page, name: str, rows: int) -> None:
    """Wait until a table has so many rows."""
    expect(table(page, name).locator("table[role=grid]")).to_have_attribute(
        "aria-rowcount", str(rows + 1)
    )


def expect_column(page: Page, name: str, column: str, values: Sequence[object]) -> None:
    """Wait until a column begins with these values."""
    grid, column_index = table(page, name), None
    expect(
        grid.get_by_role("columnheader", name=column, exact=True, include_hidden=True)
    ).to_have_count(1)
    column_index = grid.get_by_role(
        "columnheader", name=column, exact=True, include_hidden=True
    ).get_attribute("aria-colindex")
    for row, value in enumerate(values):
        expect(
            grid.locator(f"tr[aria-rowindex='{row + 2}'] td[aria-colindex='{column_index}']")
        ).to_have_text(str(value))


def click_at(page: Page, x: float, y: float) -> None:
    """Move there as a hand does, so that what is under the mouse notices it, then click."""
    page.mouse.move(x - 6, y - 6)
    page.mouse.move(x, y, steps=3)
    page.mouse.click(x, y)


def click_row(page: Page, name: str, row: int) -> None:
    """Click a cell of a row, counted from 0."""
    canvas = table(page, name).locator("canvas").first
    settled(page)
    canvas.scroll_into_view_if_needed()
    corner = canvas.bounding_box()
    click_at(page, corner["x"] + 40, corner["y"] + ROW * (row + 1) + ROW // 2)
