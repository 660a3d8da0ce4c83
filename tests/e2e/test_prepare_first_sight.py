"""Prepare at first sight: what a person comes for is on the screen, and so is what a click does."""

import re

import pytest

from tests.e2e.charts import chart, drawn
from tests.e2e.driving import (
    button,
    click_row,
    expect,
    follow_menu,
    main,
    metric,
    opened,
    settled,
    sidebar,
    table,
)

PAGES = ("", "data", "model", "scoring")


def in_sight(*locators):
    """Wait until each is on the screen, whole."""
    for locator in locators:
        expect(locator.first).to_be_in_viewport(ratio=0.99)


def telling(page, path):
    """What a page is for, and the button that goes on."""
    return {
        "": lambda: [
            page.get_by_test_id("stImage").nth(1).locator("img"),
            button(page, "Explore the demo"),
            button(page, "Load data"),
        ],
        "data": lambda: [
            table(page, "Examples: pool"),
            main(page).get_by_text("Row 1, id summary-01"),
            metric(page, "Notices"),
            button(page, "Choose a model"),
        ],
        "model": lambda: [
            button(page, "Use this model"),
            main(page).get_by_text("Shown ·"),
            main(page).get_by_text("Answered ·"),
            button(page, "Test a pair"),
        ],
        "scoring": lambda: [
            chart(page, "kernel"),
            metric(page, "Pairs that help"),
            metric(page, "Correlation with length"),
            button(page, "Choose a subset"),
        ],
    }[path]()


@pytest.fixture
def page(visit):
    return visit("data", run="demo", objective="facility_location")


def test_every_page_tells_what_it_is_for_and_where_to_go_on(page):
    for path in PAGES:
        follow_menu(page, path)
        in_sight(*telling(page, path), sidebar(page).get_by_role("button").last)
        assert not re.search(r"click (here )?to (read|open|see)", main(page).inner_text())


def test_what_a_click_does_is_on_the_screen(page):
    click_row(page, "Examples: pool", 2)
    in_sight(main(page).get_by_text("Row 3, id translate-01"))
    follow_menu(page, "scoring")
    drawn(page, "kernel")
    main(page).get_by_role("combobox", name="Score matrix", exact=True).click()
    page.get_by_role("option", name="Pool helped by known", exact=True).click()
    settled(page)
    in_sight(main(page).get_by_label("Scores: Pool helped by known"), metric(page, "Mean utility"))


def test_a_link_to_the_earlier_address_of_scoring_still_leads_there(page):
    page.goto("/utilities?run=demo&matrices=pool_known")
    opened(page, "scoring")
    expect(page).to_have_url(re.compile(r"/scoring\?.*matrices=pool_known"))
