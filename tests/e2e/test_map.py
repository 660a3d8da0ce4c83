"""The map: what is drawn around is listed, what is clicked is read."""

import numpy as np
import pytest

from tests.e2e.charts import EVERYTHING, chart, click_point, drag, most_apart, places_of, point_at
from tests.e2e.driving import address, expect, expect_rows, follow_menu, heading, main, metric, nudge, settled, switch

LEFT = [(.02, .02), (.5, .02), (.5, .98), (.02, .98), (.02, .02)]


@pytest.fixture
def page(visit):
    return visit("map", run="demo", objective="facility_location", budget="20")


def within(page, left, right):
    """How many of pool and chosen are between two vertical lines of the chart."""
    area = chart(page, "map").locator(".nsewdrag").first.bounding_box()
    low, high = (area["x"] + 2 + x * (area["width"] - 4) for x in (left, right))
    pool, chosen = (sum(low < x < high for x, _ in places_of(page, "map", name).values()) for name in ("pool", "chosen"))
    return pool + chosen, chosen


def test_a_lasso_around_everything_lists_every_example_that_has_a_place(page, demo):
    from delift_core.runs.projections import read_projection

    placed = int(np.isfinite(read_projection(demo)).all(axis=1).sum())
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text(f"{placed} examples, 20 chosen")
    assert placed == 160
    expect_rows(page, "Examples: enclosed", 100)


def test_a_lasso_around_a_part_lists_that_part(page):
    examples, chosen = within(page, .02, .5)
    assert 0 < chosen < 20 < examples < 160
    drag(page, "map", LEFT)
    expect(main(page)).to_contain_text(f"{examples} examples, {chosen} chosen")
    expect_rows(page, "Examples: enclosed", examples)


def test_a_lasso_still_works_after_the_budget_has_changed(page):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    follow_menu(page, "subset")
    nudge(page, "Budget (rows)", 1)
    expect(metric(page, "Chosen")).to_have_text("21 of 160")
    follow_menu(page, "map")
    expect(main(page)).to_contain_text("160 examples, 21 chosen")
    examples, chosen = within(page, .02, .5)
    drag(page, "map", LEFT)
    expect(main(page)).to_contain_text(f"{examples} examples, {chosen} chosen")


def test_a_lasso_works_while_an_example_is_open(visit):
    page = visit("map", run="demo", objective="facility_location", budget="20", example="convert-06")
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen", timeout=5_000)


def test_a_second_lasso_may_begin_within_the_first(page):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    examples, chosen = within(page, .02, .5)
    drag(page, "map", LEFT)
    expect(main(page)).to_contain_text(f"{examples} examples, {chosen} chosen")


def one_of(page, trace):
    """(index, place) of a point of a trace that no other point covers."""
    places = places_of(page, "map")
    index = most_apart(places_of(page, "map", trace), places)
    return index, places[index]


def expect_opened(page, demo, index):
    """The example at an index of the pool is read beside the map, and named by the address."""
    expect(heading(page, f"Example {demo.pool[index].id}")).to_be_visible()
    page.wait_for_url("**example=*")
    assert address(page)["example"] == [demo.pool[index].id]


def let_the_mouse(page, what):
    switch(page, "Mouse", what).check(force=True)
    expect(switch(page, "Mouse", what)).to_be_checked()
    settled(page)


@pytest.mark.parametrize("trace", ["chosen", "pool"])
def test_a_click_on_a_point_opens_its_example(page, demo, trace):
    let_the_mouse(page, "click and move")
    index, place = one_of(page, trace)
    click_point(page, "map", place, f"#{index}{trace}")
    expect_opened(page, demo, index)


def test_a_click_within_a_lasso_opens_the_example_under_it(page, demo):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    let_the_mouse(page, "click and move")
    index, place = one_of(page, "chosen")
    click_point(page, "map", place, f"#{index}chosen")
    expect_opened(page, demo, index)


def test_the_pointer_is_told_what_it_is_over(page):
    index, place = one_of(page, "chosen")
    point_at(page, "map", place, f"#{index}chosen")
