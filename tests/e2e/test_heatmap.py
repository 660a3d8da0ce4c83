"""The heatmap: from all pairs to some, from some to one."""

import re

import pytest

from tests.e2e.charts import cell_place, chart, click_point, drag, drawn
from tests.e2e.driving import address, button, expect, heading, main, set_number, switch

PART = re.compile(r"rows ([\d,]+) to ([\d,]+), columns ([\d,]+) to ([\d,]+)")
LABEL = re.compile(r"answered #(\d+)shown #(\d+)utility")


@pytest.fixture
def page(visit):
    return visit("heatmap", run="demo", objective="facility_location", budget="20")


@pytest.fixture
def index(demo):
    """index(id) -> where an example stands in the pool"""
    return {example.id: place for place, example in enumerate(demo.pool)}.__getitem__


def part(page):
    """(first row, last row, first column, last column) of what is drawn exactly, counted from 1."""
    drawn(page, "exact")
    return tuple(int(number.replace(",", "")) for number in PART.search(main(page).inner_text()).groups())


def expect_pair(page, kernel, shown, answered, index):
    """The panel of a pair says what the library knows of it."""
    expect(heading(page, f"{shown} shown, {answered} answered")).to_be_visible()
    expect(main(page)).to_contain_text(f"a utility of {kernel.values[index(answered), index(shown)]:+.4f}")


def test_a_box_on_the_overview_moves_the_exact_part(page):
    assert part(page) == (1, 150, 1, 150)
    drag(page, "overview", [(.25, .5), (.5, .75)])
    expect(main(page)).not_to_contain_text("rows 1 to 150")
    top, bottom, left, right = part(page)
    for found, wanted in ((left, 40), (right, 80), (top, 80), (bottom, 120)):
        assert abs(found - wanted) <= 3
    shape = drawn(page, "exact").evaluate("g => [g._fullData[0].z.length, g._fullData[0].z[0].length]")
    assert shape == [bottom - top + 1, right - left + 1]


def test_the_exact_part_can_be_moved_without_a_mouse(page):
    drawn(page, "exact")
    set_number(page, "First row", 101)
    expect(main(page)).to_contain_text("rows 101 to 160, columns 1 to 150")
    set_number(page, "First column", 151)
    expect(main(page)).to_contain_text("rows 101 to 160, columns 151 to 160")


def test_a_click_on_a_cell_opens_the_pair_with_the_librarys_utility(page, demo, index):
    switch(page, "Order", "as in the source").check(force=True)
    set_number(page, "First row", 121)
    expect(main(page)).to_contain_text("rows 121 to 160")
    set_number(page, "First column", 131)
    expect(main(page)).to_contain_text("rows 121 to 160, columns 131 to 160")
    click_point(page, "exact", cell_place(page, 7, 11), re.compile("answered #127shown #141utility"))
    answered, shown = demo.pool[127].id, demo.pool[141].id
    expect_pair(page, demo.kernel("pool_pool"), shown, answered, index)
    page.wait_for_url("**shown=*")
    assert (address(page)["answered"], address(page)["shown"]) == ([answered], [shown])


def test_the_other_direction_of_a_pair_is_one_click_away(visit, demo, index):
    one, other = demo.pool[13].id, demo.pool[98].id
    page = visit("heatmap", run="demo", objective="facility_location", answered=one, shown=other)
    expect_pair(page, demo.kernel("pool_pool"), other, one, index)
    button(page, "Swap direction").click()
    expect_pair(page, demo.kernel("pool_pool"), one, other, index)


def test_cells_of_the_covering_order_are_the_pairs_they_say(page, demo, index):
    drag(page, "overview", [(.5, .5), (.6, .6)])
    expect(main(page)).not_to_contain_text("rows 1 to 150")
    click_point(page, "exact", cell_place(page, 3, 5), LABEL)
    answered, shown = map(int, LABEL.search(chart(page, "exact").locator(".hovertext").text_content()).groups())
    expect_pair(page, demo.kernel("pool_pool"), demo.pool[shown].id, demo.pool[answered].id, index)
