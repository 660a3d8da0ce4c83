"""Choosing: the demo at one click, a budget that moves everything, and the wishes of a person."""

import pytest

from tests.e2e.charts import drawn
from tests.e2e.driving import (
    address,
    button,
    chips,
    click_row,
    expect,
    expect_column,
    expect_rows,
    follow_menu,
    heading,
    hurry,
    main,
    metric,
    nudge,
    opened,
    pick_option,
    slider,
    switch,
    unfold,
)

TABLE = "Examples: chosen"
WISHES = "Pins, excludes and group limits"


@pytest.fixture
def ids(demo, choose):
    """ids(**choice) -> the ids of what the library chooses, in order"""
    return lambda **fields: [
        demo.pool[index].id for index in choose(demo, **fields).indices.tolist()
    ]


def expect_choice(page, ids):
    """Number, table and address tell the same choice."""
    expect(metric(page, "Chosen")).to_have_text(f"{len(ids)} of 160")
    expect_rows(page, TABLE, len(ids))
    expect_column(page, TABLE, "Id", ids[:8])


def test_explore_the_demo_leads_over_the_overview_to_a_subset_with_table_and_curve(visit, ids):
    page = visit()
    button(page, "Explore the demo").click()
    opened(page, "overview")
    follow_menu(page, "subset")
    expect_choice(page, ids(objective="flqmi", budget="0.3"))
    assert drawn(page, "curve").locator(".scatterlayer .trace").count() >= 3
    page.wait_for_url("**/subset?run=*")


def test_the_budget_moves_number_table_and_address_and_survives_a_reload(visit, ids):
    page = visit("subset", run="demo", objective="facility_location", budget="20")
    expect_choice(page, ids(budget="20"))
    nudge(page, "Budget (examples)", 3)
    expect_choice(page, ids(budget="23"))
    page.wait_for_url("**budget=23*")
    page.reload()
    opened(page, "subset")
    expect_choice(page, ids(budget="23"))


def test_an_address_shows_another_person_the_same_choice(visit, ids):
    page = visit("subset", run="demo", objective="flqmi", budget="20")
    nudge(page, "Budget (examples)", -1)
    expect_choice(page, ids(objective="flqmi", budget="19"))
    page.wait_for_url("**budget=19*")
    other = visit("subset", **address(page))
    expect_choice(other, ids(objective="flqmi", budget="19"))


def test_two_people_do_not_see_each_others_choices(visit, ids):
    first_page = visit("subset", run="demo", objective="facility_location", budget="20")
    other = visit("subset", run="demo", objective="facility_location", budget="20")
    switch(other, "Selection goal", "Match the target task").check(force=True)
    nudge(other, "Budget (examples)", 5)
    expect_choice(other, ids(objective="flqmi", budget="25"))
    nudge(first_page, "Budget (examples)", 1)
    expect_choice(first_page, ids(budget="21"))
    assert address(first_page)["objective"] == ["facility_location"]


def test_a_picked_example_can_be_pinned_to_the_front_and_excluded(visit, ids):
    page, usual = (
        visit("subset", run="demo", objective="facility_location", budget="20"),
        ids(budget="20"),
    )
    expect_choice(page, usual)
    click_row(page, TABLE, 4)
    expect(heading(page, f"Example {usual[4]}")).to_be_visible()
    expect(main(page)).to_contain_text("Chosen at rank 5 of 20")
    button(page, "Pin").click()
    pinned = ids(budget="20", pins=(usual[4],))
    assert pinned[0] == usual[4] and pinned != usual
    expect_choice(page, pinned)
    expect(main(page)).to_contain_text("Chosen at rank 1 of 20")
    expect(main(page)).to_contain_text("1 pin active")
    unfold(page, WISHES)
    expect(chips(page, "Pinned: chosen first")).to_have_text([usual[4]])
    button(page, "Unpin").click()
    expect_choice(page, usual)
    button(page, "Exclude").click()
    without = ids(budget="20", excludes=(usual[4],))
    assert usual[4] not in without
    expect_choice(page, without)
    expect(main(page)).to_contain_text("Not chosen, and excluded")
    assert address(page)["excludes"] == [usual[4]]
    expect(main(page)).to_contain_text("1 exclude active")


def test_the_slider_shows_the_budget_when_less_may_be_chosen(visit, ids):
    page, usual = (
        visit("subset", run="demo", objective="facility_location", budget="20"),
        ids(budget="20"),
    )
    click_row(page, TABLE, 4)
    expect(heading(page, f"Example {usual[4]}")).to_be_visible()
    button(page, "Exclude").click()
    expect_choice(page, ids(budget="20", excludes=(usual[4],)))
    expect(slider(page, "Budget (examples)")).to_have_attribute("max", "159")
    expect(slider(page, "Budget (examples)")).to_have_value("20", timeout=3_000)


def test_limits_stay_open_while_they_are_added(visit):
    page = visit("subset", run="demo", objective="facility_location", budget="20")
    unfold(page, WISHES)
    pick_option(page, "Groups by field", "topic")
    button(page, "Limit").click()
    expect(main(page)).to_contain_text("1 group limit active")
    expect(chips(page, "Limits")).to_be_visible(timeout=3_000)


def test_a_hurried_person_changes_no_weight(visit, ids):
    page = visit("subset", run="demo", objective="facility_location", budget="20")
    unfold(page, "All objectives, weights and scale")
    expect(switch(page, "Similarity", "Ignore negative scores")).to_be_checked()
    for pause, aim in enumerate(("Match the target task", "Represent the pool") * 3):
        switch(page, "Selection goal", aim).evaluate("element => element.click()")
        hurry(page, "Budget (examples)", 5, pause=20 * pause)
    expect_choice(page, ids(budget="50"))
    page.wait_for_url("**budget=50*")
    assert not {"eta", "nu"} & set(address(page))
