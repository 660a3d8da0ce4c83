"""Opening the dashboard: by a deep link, in an empty workspace, with the demo, in two themes."""

import re

import pytest

from tests.e2e.charts import chart, drawn
from tests.e2e.driving import (
    TITLES,
    address,
    expect,
    follow_menu,
    go,
    main,
    opened,
    settled,
    sidebar,
)

PLACES = tuple(TITLES)
CHART_OF = {"subset": "curve", "map": "map", "heatmap": "groups", "scoring": "kernel"}


def test_the_first_request_to_a_server_may_be_a_deep_link(new_server, visit):
    page = visit("map", at=new_server(), run="demo", objective="flqmi", budget="20")
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(len(PLACES))
    expect(sidebar(page)).to_contain_text("Match the target task")
    expect(sidebar(page)).to_contain_text("20 chosen")
    drawn(page, "map")
    assert address(page)["objective"] == ["flqmi"]
    assert address(page)["budget"] == ["20"]
    assert page.get_by_role("dialog").count() == 0
    assert page.get_by_text("Page not found").count() == 0


def test_an_address_of_no_page_is_told_so_and_opens_start(browser, server):
    page = browser.new_page(base_url=server.url)
    page.goto("/nowhere")
    expect(page.get_by_role("dialog")).to_contain_text("Page not found")
    page.get_by_role("button", name="Close").click()
    opened(page, "")
    page.close()


def test_every_page_opens_in_an_empty_workspace_and_offers_a_way_on(new_server, visit):
    page = visit(at=new_server())
    for path in PLACES:
        go(page, path)
        assert page.get_by_test_id("stException").count() == 0
        expect(
            main(page)
            .get_by_role("button", disabled=False)
            .filter(has_text=re.compile(r"\w"))
            .first
        ).to_be_visible()
        if path not in ("", "data", "model"):
            expect(page.get_by_test_id("stAlert")).to_contain_text("No run is open")


def light_of(colour):
    """From 0, black, to 1, white."""
    red, green, blue = map(int, re.findall(r"\d+", colour)[:3])
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255


def colour_of(locator, name):
    return light_of(locator.evaluate("(element, name) => getComputedStyle(element)[name]", name))


@pytest.mark.parametrize("scheme, dark", [("light", False), ("dark", True)])
def test_every_page_opens_with_the_demo_in_the_colours_of_the_visitor(visit, scheme, dark):
    page = visit("subset", scheme=scheme, run="demo", objective="facility_location")
    for path in PLACES:
        follow_menu(page, path)
        assert page.get_by_test_id("stException").count() == 0
        assert page.get_by_test_id("stAlert").filter(has_text="error").count() == 0
        assert (colour_of(page.get_by_test_id("stApp"), "backgroundColor") < 0.2) == dark
        assert (colour_of(page.get_by_role("heading", level=1), "color") > 0.7) == dark
        if path in CHART_OF:
            drawn(page, CHART_OF[path])
        if path in ("subset", "heatmap", "scoring"):
            assert (
                colour_of(chart(page, CHART_OF[path]).locator("text.xtitle").first, "fill") > 0.7
            ) == dark
    settled(page)
