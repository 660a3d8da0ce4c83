"""The heatmap: from all pairs to some, from some to one."""

import re

import numpy as np
import pytest

from delift_core.analysis.extremes import helped_by_nobody, hurts_most
from delift_core.units import number
from tests.e2e.charts import cell_position, chart, drag, point_at
from tests.e2e.driving import (
    address,
    button,
    click_at,
    click_row,
    expect,
    expect_column,
    heading,
    main,
    settled,
    switch,
)


@pytest.fixture
def page(visit):
    return visit("heatmap", run="demo", objective="facility_location", view="pairs", order="source")


@pytest.fixture
def index(demo):
    """index(id) -> where an example stands in the pool"""
    return {example.id: index for index, example in enumerate(demo.pool)}.__getitem__


def expect_pair(page, kernel, shown, answered, index):
    """The panel of a pair says what the library knows of it."""
    expect(heading(page, f"{shown} shown, {answered} answered")).to_be_visible()
    expect(main(page)).to_contain_text(
        f"a utility of {number(kernel.values[index(answered), index(shown)], '+.4f')}"
    )


def expect_ring(page, name, position):
    """The ring is around a place of a chart."""
    ring = chart(page, name).locator(".chart-ring")
    expect(ring).to_be_visible()
    page.wait_for_function(
        """([x, y]) => {
            const box = document.querySelector(".chart-ring").getBoundingClientRect();
            return Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) < 3;
        }""",
        arg=list(position),
    )


def test_groups_and_the_strongest_pair_are_in_sight_and_a_click_reads_another(visit, demo, index):
    page = visit("heatmap", run="demo", objective="facility_location")
    kernel = demo.kernel("pool_pool")
    values = kernel.values.copy()
    np.fill_diagonal(values, -np.inf)
    answered, shown = np.unravel_index(values.argmax(), values.shape)
    expect_pair(page, kernel, demo.pool[shown].id, demo.pool[answered].id, index)
    title = f"{demo.pool[shown].id} shown, {demo.pool[answered].id} answered"
    expect(heading(page, title)).to_be_in_viewport(ratio=1)
    expect(chart(page, "groups")).to_be_in_viewport(ratio=1)
    expect(chart(page, "groups").locator(".textpoint text")).to_have_count(64)
    position = cell_position(page, "groups", 2, 5)
    click_at(page, *position)
    page.wait_for_url("**shown=*")
    read = {name: address(page)[name][0] for name in ("shown", "answered")}
    topics = [demo.pool[index(read[name])].extra["topic"] for name in ("answered", "shown")]
    assert topics == ["conversions", "rewrites"]
    expect(heading(page, "{shown} shown, {answered} answered".format(**read))).to_be_in_viewport()
    expect_ring(page, "groups", position)


def test_a_box_is_enlarged_and_a_click_in_it_reads_the_pair(page, demo, index):
    drag(page, "pairs", [(0.25, 0.5), (0.5, 0.75)])
    expect(button(page, "Show all pairs")).to_be_visible()
    settled(page)
    top, bottom, left, right = map(int, address(page)["box"][0].split("_"))
    for edge, wanted in ((left, 40), (right, 80), (top, 80), (bottom, 120)):
        assert abs(edge - wanted) <= 3
    position = cell_position(page, "pairs", 7, 11)
    answered, shown = demo.pool[top + 7].id, demo.pool[left + 11].id
    point_at(page, "pairs", position, re.compile(f"answered {answered}shown {shown}utility"))
    page.mouse.click(*position)
    expect_pair(page, demo.kernel("pool_pool"), shown, answered, index)
    expect_ring(page, "pairs", position)
    button(page, "Show all pairs").click()
    expect(main(page)).to_contain_text("Every pair is a cell")


def test_the_other_direction_of_a_pair_is_one_click_away(visit, demo, index):
    first, other = demo.pool[13].id, demo.pool[98].id
    page = visit("heatmap", run="demo", objective="facility_location", answered=first, shown=other)
    expect_pair(page, demo.kernel("pool_pool"), other, first, index)
    button(page, "Swap").click()
    expect_pair(page, demo.kernel("pool_pool"), first, other, index)


def test_a_row_of_what_hurts_most_opens_that_pair(page, demo, index):
    switch(page, "View", "Most harmful pairs").check(force=True)
    kernel = demo.kernel("pool_pool")
    expected = hurts_most(kernel.values, True, 100)
    ids = [
        [demo.pool[position].id for position in side.tolist()]
        for side in (expected.shown, expected.answered)
    ]
    expect_column(page, "List: Most harmful pairs", "Shown", ids[0][:5])
    click_row(page, "List: Most harmful pairs", 2)
    expect_pair(page, kernel, ids[0][2], ids[1][2], index)
    expect(main(page)).to_contain_text("Showing it hurts")


def test_a_row_of_the_unhelped_opens_it_with_its_best_helper_and_the_keys_move_on(
    page, demo, index
):
    switch(page, "View", "No helper found").check(force=True)
    kernel = demo.kernel("pool_pool")
    expected = helped_by_nobody(kernel.values, True, 100)
    click_row(page, "List: No helper found", 0)
    for position in range(3):
        expect_pair(
            page,
            kernel,
            demo.pool[int(expected.partner[position])].id,
            demo.pool[int(expected.indices[position])].id,
            index,
        )
        page.keyboard.press("ArrowDown")


def test_a_pair_can_be_typed_and_opened_as_examples(page, demo, index):
    shown, answered = demo.pool[98].id, demo.pool[13].id
    for field, id in (("Shown", shown), ("Answered", answered)):
        settled(page)
        main(page).get_by_role("combobox", name=field, exact=True).click()
        page.keyboard.type(id)
        expect(page.get_by_role("option").first).to_contain_text(f"{id} ")
        page.keyboard.press("Enter")
    expect_pair(page, demo.kernel("pool_pool"), shown, answered, index)
    button(page, "Open the example").first.click()
    expect(heading(page, f"Example {shown}")).to_be_visible()
