"""The first sight of Overview, Choose, Audit and Validate at 1440 x 900, and after one click."""

import re

from tests.e2e.charts import cell_position, chart, click_point, drawn, most_apart, projection_of
from tests.e2e.driving import button, expect, main, settled, sidebar, switch

CHOICE = {"run": "demo", "objective": "facility_location", "budget": "20"}
BOTTOM = 900
NEXT = re.compile("Choose|Look|Export")  # the run card's next step


def bottom_of(locator):
    """The lower end of an element on the screen."""
    box = locator.bounding_box()
    return box["y"] + box["height"]


def expect_in_sight(page, *locators):
    """Every element is on the screen as a whole, and so is the run card's next step."""
    settled(page)
    for locator in (*locators, sidebar(page).get_by_role("button", name=NEXT)):
        expect(locator).to_be_visible()
        assert bottom_of(locator) <= BOTTOM, locator


def test_the_overview_is_one_screen_and_an_example_opens_beside_it(visit, demo):
    page = visit("overview", **CHOICE)
    drawn(page, "map")
    expect_in_sight(
        page,
        main(page).get_by_text("20 of 160 examples give"),
        chart(page, "map"),
        chart(page, "curve"),
        chart(page, "shares"),
        chart(page, "groups"),
        button(page, "Export"),
        main(page).get_by_text("Before you trust it"),
    )
    positions = projection_of(page, "map")
    index = most_apart(positions, positions)
    id = demo.pool[index].id
    click_point(page, "map", positions[index], re.compile(f"^{re.escape(id)}"))
    drawer = page.get_by_role("dialog", name="Example")
    expect(drawer.get_by_role("heading", name=f"Example {id}", exact=True)).to_be_visible()
    assert bottom_of(drawer.get_by_role("tab", name="Why")) < BOTTOM
    page.wait_for_url(f"**example={id}*")
    drawer.get_by_role("button", name="Pin", exact=True).click()
    expect(drawer.get_by_role("button", name="Unpin", exact=True)).to_be_visible()
    page.wait_for_url(f"**pins={id}*")
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    settled(page)  # the page is drawn anew, with the pin
    position = projection_of(page, "map")[index]
    click_point(page, "map", position, re.compile(f"^{re.escape(id)}"))
    expect(drawer.get_by_role("button", name="Unpin", exact=True)).to_be_visible()


def test_the_map_plays_once_by_itself_and_a_click_while_it_plays_opens_an_example(visit, demo):
    page = visit("overview", motion="no-preference", **CHOICE | {"budget": "30%"})
    lit = page.get_by_role("group", name="Order of choice").locator("output")
    expect(lit).not_to_contain_text("48 of 48")
    positions = projection_of(page, "map")
    index = most_apart(positions, positions)
    page.mouse.click(*positions[index])
    drawer = page.get_by_role("dialog", name="Example")
    expect(drawer.get_by_role("heading", name=f"Example {demo.pool[index].id}")).to_be_visible()
    expect(lit).to_contain_text("48 of 48")
    page.reload()
    drawn(page, "map")
    page.wait_for_timeout(2_000)  # longer than it waits before it plays
    expect(lit).to_contain_text("48 of 48")


def test_the_goal_of_the_overview_moves_its_headline(visit):
    page = visit("overview", **CHOICE)
    switch(page, "Selection goal", "Match the target task").check(force=True)
    expect(main(page)).to_contain_text("target coverage; random selection")
    page.wait_for_url("**objective=flqmi*")


def test_subset_opens_with_curve_numbers_composition_and_an_example(visit):
    page = visit("subset", **CHOICE)
    drawn(page, "curve")
    expect_in_sight(
        page,
        chart(page, "curve"),
        chart(page, "shares"),
        main(page).get_by_role("heading", name="Example "),
        main(page).get_by_role("tab", name="Why"),
    )


def test_a_click_on_the_curve_asks_for_as_many(visit):
    page = visit("subset", **CHOICE)
    x, y = cell_position(page, "curve", 0.5, 80)
    page.mouse.move(x - 6, y)
    page.mouse.move(x, y, steps=3)
    label = chart(page, "curve").locator(".hovertext").filter(has_text="80 examples:")
    expect(label).to_be_visible()
    page.mouse.click(x, y)
    page.wait_for_url(re.compile(r"budget=80(&|$)"))
    expect(main(page)).to_contain_text("80 of 160")


def test_compare_opens_with_its_table_and_curves(visit):
    page = visit("compare", **CHOICE)
    drawn(page, "lines")
    expect_in_sight(
        page, chart(page, "lines"), main(page).get_by_text("Coverage of the pool").first
    )


def test_validate_opens_with_its_sentence_and_the_chart_of_arms(visit):
    page = visit("validate", **CHOICE)
    drawn(page, "arms")
    expect_in_sight(
        page,
        main(page).get_by_role("heading", name=re.compile(r"random.*\[.*\] nats")),
        chart(page, "arms"),
        main(page).get_by_text("Below 0: a lower loss"),
    )


def test_audit_opens_with_the_first_card_its_reason_and_every_verdict(new_server, visit):
    page = visit("audit", at=new_server(), **CHOICE)  # where nobody has judged yet
    card = page.locator("section.card")
    expect(card.locator(".position")).to_have_text("1 of 20")
    expect_in_sight(
        page,
        card.get_by_text("Chosen 1st:"),
        card.get_by_text("Nearest chosen:"),
        *(card.get_by_role("button", name=verdict) for verdict in ("Keep", "Drop", "Flag")),
    )
    page.keyboard.press("d")
    expect(card.locator(".position")).to_have_text("2 of 20")
    expect_in_sight(page, main(page).get_by_text("replaced by"))
