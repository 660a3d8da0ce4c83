"""docs/demonstration.md, click by click: what it says is what the pages say."""

import re

import pytest

from tests.e2e.charts import click_point, drawn, projection_of
from tests.e2e.conftest import ROOT
from tests.e2e.driving import (
    address,
    button,
    download,
    expect,
    follow_menu,
    heading,
    main,
    opened,
    switch,
)

SCRIPT = ROOT / "docs" / "demonstration.md"
ANSWERED, SHOWN = "capital-10", "capital-03"
CHOSEN_FIRST = "convert-06"


def quotations():
    """Every sentence that the script quotes from the pages."""
    return [
        " ".join(quoted.split())
        for quoted in re.findall(r"“([^”]+)”", SCRIPT.read_text(encoding="utf-8"))
    ]


@pytest.fixture
def expect_quoted():
    """expect_quoted(element, beginning): a sentence of the script stands in an element

    At the end the script holds no sentence that was not looked for.
    """
    remaining = quotations()

    def expect_sentence(locator, beginning):
        quoted = next(sentence for sentence in remaining if sentence.startswith(beginning))
        expect(locator).to_contain_text(quoted)
        remaining.remove(quoted)

    yield expect_sentence
    assert remaining == []


def test_the_two_minute_demonstration(new_server, visit, expect_quoted, tmp_path):
    page = visit("", at=new_server(tmp_path / "workspace"))
    button(page, "Explore the demo").click()
    opened(page, "overview")
    expect_quoted(main(page), "48 of 160 examples give")
    page.get_by_role("button", name="Play").click()
    expect(page.get_by_role("group", name="Order of choice").locator("output")).to_contain_text(
        "48 of 48", timeout=30_000
    )
    switch(page, "Selection goal", "Represent the pool").check(force=True)
    expect_quoted(main(page), "48 of 160 examples give")
    follow_menu(page, "subset")
    expect_quoted(main(page), "Random selection")
    expect_quoted(main(page), "99.5 %")
    follow_menu(page, "compare")
    expect_quoted(page.get_by_test_id("stTable"), "59.1 %")
    follow_menu(page, "map")
    drawn(page, "map")
    run = address(page)["run"][0]
    first = position(run, CHOSEN_FIRST, tmp_path)
    click_point(page, "map", projection_of(page, "map")[first], re.compile(CHOSEN_FIRST))
    expect(heading(page, f"Example {CHOSEN_FIRST}")).to_be_visible()
    main(page).get_by_role("tab", name="Why").click()
    expect_quoted(main(page), "Chosen 1st")
    page.goto(f"/heatmap?run={run}&objective=facility_location&shown={SHOWN}&answered={ANSWERED}")
    opened(page, "heatmap")
    expect_quoted(main(page), "Showing it helps")
    expect_quoted(main(page), "Most of it comes from")
    follow_menu(page, "validate")
    expect_quoted(main(page), "Better than random by")
    expect_quoted(main(page), "62 % of held-out examples improved")
    follow_menu(page, "audit")
    card = page.locator("section.card")
    expect(card.locator(".position")).to_have_text("1 of 48")
    for number, key in enumerate("kkd", start=2):
        page.keyboard.press(key)
        expect(card.locator(".position")).to_have_text(f"{number} of 48")
    expect_quoted(main(page), "summary-14, and with it")
    follow_menu(page, "export")
    page_of_its_own = download(page, "report.html").decode()
    expect_quoted(main(page), "1 of the 48")
    assert page_of_its_own.startswith("<!doctype html>") and CHOSEN_FIRST in page_of_its_own


def position(run, id, folder):
    from delift_core.runs.store import open_run

    return next(
        index
        for index, example in enumerate(open_run(folder / "workspace" / "runs" / run).pool)
        if example.id == id
    )
