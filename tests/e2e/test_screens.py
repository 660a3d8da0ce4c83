"""The pictures in the README: taken anew with DELIFT_SCREENSHOTS=1, looked after otherwise."""

import io
import os

import pytest

from tests.e2e.charts import chart, charts_drawn, drag, drawn, projection_of
from tests.e2e.conftest import ROOT
from tests.e2e.driving import click_row, expect, heading, main, settled

FOLDER = ROOT / "docs" / "screenshots"
SIZE, MOST = (1440, 900), 200_000  # pixels, bytes


def overview(page):
    charts_drawn(page)
    expect(main(page)).to_contain_text("48 of 160 examples give")


def subset(page):
    drawn(page, "curve")
    click_row(page, "Examples: chosen", 2)
    expect(heading(page, "Example summary-14")).to_be_visible()


def compare(page):
    drawn(page, "lines")
    expect(page.get_by_test_id("stTable")).to_contain_text("Embedding coverage")


def map_(page):
    """A lasso around the example chosen first, and one of the enclosed examples opened."""
    (x, y), area = (
        projection_of(page, "map")[MARKED],
        chart(page, "map").locator(".nsewdrag").first.bounding_box(),
    )
    corners = [
        ((x + dx - area["x"]) / area["width"], (y + dy - area["y"]) / area["height"])
        for dx, dy in OUTLINE
    ]
    drag(page, "map", corners)
    click_row(page, "Examples: map selection", 1)
    expect(main(page).get_by_role("heading", name="Example ")).to_be_visible()


def heatmap(page):
    drawn(page, "groups")
    expect(heading(page, "howto-18 shown, howto-03 answered")).to_be_visible()


def examples(page):
    click_row(page, "Examples: All", 1)
    expect(heading(page, "Example arith-14")).to_be_visible()


def audit(page):
    """Three verdicts on; the third was a drop, and what comes in for it stands below the card."""
    card = page.locator("section.card")
    for position, key in enumerate("kkd", start=2):
        expect(card.locator(".position")).to_have_text(f"{position - 1} of 48")
        page.keyboard.press(key)
    expect(main(page)).to_contain_text("replaced by")


def validate(page):
    charts_drawn(page)
    expect(main(page)).to_contain_text("Better than random by")


PAGES = {
    "overview": overview,
    "subset": subset,
    "compare": compare,
    "map": map_,
    "heatmap": heatmap,
    "examples": examples,
    "audit": audit,
    "validate": validate,
}
CHOICE = {"objective": "facility_location", "budget": "30%"}
MORE = {
    "map": {"light": {"colour": "topic"}, "dark": {"colour": "topic"}},
    "audit": {"light": {"reviewer": "anna"}, "dark": {"reviewer": "ben"}},
}
MARKED = 13  # where convert-06 stands in the pool
OUTLINE = [(-60, -60), (20, -75), (50, -30), (45, 45), (-10, 60), (-55, 30), (-60, -60)]
NAMES = [f"{name}-{scheme}" for name in PAGES for scheme in ("light", "dark")]


def take(page, name):
    """A picture of what is in sight, in 256 colours."""
    from PIL import Image

    page.mouse.move(1, 1)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
    page.wait_for_timeout(1_000)  # what a click began may not have reached the server yet
    settled(page)
    charts_drawn(page)
    FOLDER.mkdir(parents=True, exist_ok=True)
    picture = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    picture.quantize(256, method=Image.Quantize.MEDIANCUT, kmeans=2).save(
        FOLDER / f"{name}.png", optimize=True
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_there_and_small(visit, name):
    from PIL import Image

    if os.environ.get("DELIFT_SCREENSHOTS") == "1":
        page_name, scheme = name.split("-")
        more = MORE.get(page_name, {}).get(scheme, {})
        page = visit(page_name, scheme=scheme, run="demo", **CHOICE, **more)
        PAGES[page_name](page)
        take(page, name)
    file = FOLDER / f"{name}.png"
    assert file.stat().st_size < MOST
    assert Image.open(file).size == SIZE
