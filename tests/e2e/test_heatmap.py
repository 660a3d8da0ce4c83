"""The heatmap: from all pairs to some, from some to one."""

import re

import pytest

from delift_core.analysis.clusters import order_by_cluster
from delift_core.analysis.extremes import helped_by_nobody, hurts_most
from delift_core.analysis.groups import group_means
from tests.e2e.charts import cell_position, chart, click_point, drag, drawn
from tests.e2e.driving import (
    address,
    button,
    click_row,
    expect,
    expect_column,
    expect_rows,
    heading,
    main,
    set_number,
    settled,
    switch,
)

PART = re.compile(r"rows ([\d,]+) to ([\d,]+), columns ([\d,]+) to ([\d,]+)")
LABEL = re.compile(r"answered (\S+)shown (\S+)utility")


@pytest.fixture
def page(visit):
    return visit("heatmap", run="demo", objective="facility_location", budget="20")


@pytest.fixture
def index(demo):
    """index(id) -> where an example stands in the pool"""
    return {example.id: index for index, example in enumerate(demo.pool)}.__getitem__


def part(page):
    """(first row, last row, first column, last column) of what is drawn exactly, counted from 1."""
    drawn(page, "exact")
    return tuple(
        int(number.replace(",", "")) for number in PART.search(main(page).inner_text()).groups()
    )


def expect_pair(page, kernel, shown, answered, index):
    """The panel of a pair says what the library knows of it."""
    expect(heading(page, f"{shown} shown, {answered} answered")).to_be_visible()
    expect(main(page)).to_contain_text(
        f"a utility of {kernel.values[index(answered), index(shown)]:+.4f}"
    )


def test_a_box_on_the_overview_moves_the_exact_part(page):
    assert part(page) == (1, 150, 1, 150)
    drag(page, "overview", [(0.25, 0.5), (0.5, 0.75)])
    expect(main(page)).not_to_contain_text("rows 1 to 150")
    top, bottom, left, right = part(page)
    for edge, wanted in ((left, 40), (right, 80), (top, 80), (bottom, 120)):
        assert abs(edge - wanted) <= 3
    shape = drawn(page, "exact").evaluate(
        "g => [g._fullData[0].z.length, g._fullData[0].z[0].length]"
    )
    assert shape == [bottom - top + 1, right - left + 1]


def test_the_exact_part_can_be_moved_without_a_mouse(page):
    drawn(page, "exact")
    set_number(page, "First row", 101)
    expect(main(page)).to_contain_text("rows 101 to 160, columns 1 to 150")
    set_number(page, "First column", 151)
    expect(main(page)).to_contain_text("rows 101 to 160, columns 151 to 160")


def test_a_click_on_a_cell_opens_the_pair_with_the_librarys_utility(page, demo, index):
    switch(page, "Order", "source").check(force=True)
    expect(main(page)).to_contain_text("As in the source.")
    set_number(page, "First row", 121)
    expect(main(page)).to_contain_text("rows 121 to 160")
    set_number(page, "First column", 131)
    expect(main(page)).to_contain_text("rows 121 to 160, columns 131 to 160")
    answered, shown = demo.pool[127].id, demo.pool[141].id
    click_point(
        page,
        "exact",
        cell_position(page, 7, 11),
        re.compile(f"answered {answered}shown {shown}utility"),
    )
    expect_pair(page, demo.kernel("pool_pool"), shown, answered, index)
    page.wait_for_url("**shown=*")
    assert (address(page)["answered"], address(page)["shown"]) == ([answered], [shown])


def test_the_other_direction_of_a_pair_is_one_click_away(visit, demo, index):
    first, other = demo.pool[13].id, demo.pool[98].id
    page = visit("heatmap", run="demo", objective="facility_location", answered=first, shown=other)
    expect_pair(page, demo.kernel("pool_pool"), other, first, index)
    button(page, "Swap direction").click()
    expect_pair(page, demo.kernel("pool_pool"), first, other, index)


def test_cells_of_the_covering_order_are_the_pairs_they_say(page, demo, index):
    drag(page, "overview", [(0.5, 0.5), (0.6, 0.6)])
    expect(main(page)).not_to_contain_text("rows 1 to 150")
    click_point(page, "exact", cell_position(page, 3, 5), LABEL)
    answered, shown = LABEL.search(
        chart(page, "exact").locator(".hovertext").text_content()
    ).groups()
    expect_pair(page, demo.kernel("pool_pool"), shown, answered, index)


def tab(page, name):
    return main(page).get_by_role("tab", name=name, exact=True)


def test_a_row_of_what_hurts_most_opens_that_pair(page, demo, index):
    tab(page, "Hurts most").click()
    kernel = demo.kernel("pool_pool")
    expected = hurts_most(kernel.values, True, 100)
    ids = [
        [demo.pool[position].id for position in side.tolist()]
        for side in (expected.shown, expected.answered)
    ]
    expect_column(page, "List: hurts most", "Shown", ids[0][:5])
    click_row(page, "List: hurts most", 2)
    expect_pair(page, kernel, ids[0][2], ids[1][2], index)
    expect(main(page)).to_contain_text("Showing it hurts")


def test_a_row_of_the_unhelped_opens_it_with_its_best_helper_and_the_keys_move_on(
    page, demo, index
):
    tab(page, "Helped by nobody").click()
    kernel = demo.kernel("pool_pool")
    expected = helped_by_nobody(kernel.values, True, 100)
    click_row(page, "List: helped by nobody", 0)
    for position in range(3):
        expect_pair(
            page,
            kernel,
            demo.pool[int(expected.partner[position])].id,
            demo.pool[int(expected.indices[position])].id,
            index,
        )
        page.keyboard.press("ArrowDown")


def test_a_box_turns_from_a_list_to_its_pairs(page):
    tab(page, "Most asymmetric").click()
    expect_rows(page, "List: most asymmetric", 100)
    drag(page, "overview", [(0.25, 0.5), (0.5, 0.75)])
    expect(tab(page, "Cells")).to_have_attribute("aria-selected", "true")
    assert part(page)[0] > 1


def test_clusters_are_drawn_in_the_engines_order(page, demo):
    switch(page, "Order", "cluster").check(force=True)
    expect(main(page)).to_contain_text("side by side: the leaves of a Ward tree")
    settled(page)  # the sentence comes before the pictures
    wanted = [
        demo.pool[position].id
        for position in order_by_cluster(demo.kernel("pool_pool").values, True)[0][:150].tolist()
    ]
    names = drawn(page, "exact").evaluate(
        "g => Array.from({length: 150}, (_, k) => g.layout.yaxis.labelalias[k])"
    )
    assert names == wanted


def test_groups_stand_as_numbers_in_their_cells(page, demo):
    tab(page, "Group by group").click()
    topics = [example.extra["topic"] for example in demo.pool]
    expected = group_means(demo.kernel("pool_pool").values, topics, topics, True)
    figure = page.get_by_role("figure", name="Mean utility of every group")
    expect(figure.locator(".textpoint text")).to_have_text(
        [f"{mean:.3f}" for mean in expected.means.ravel()]
    )
    expect_rows(page, "Mean utilities between groups", expected.means.size)


def test_a_pair_can_be_typed_and_opened_as_examples(page, demo, index):
    shown, answered = demo.pool[98].id, demo.pool[13].id
    for field, id in (("Shown", shown), ("Answered", answered)):
        drawn(page, "exact")
        main(page).get_by_role("combobox", name=field, exact=True).click()
        page.keyboard.type(id)
        expect(page.get_by_role("option").first).to_contain_text(f"{id} ")
        page.keyboard.press("Enter")
    expect_pair(page, demo.kernel("pool_pool"), shown, answered, index)
    button(page, "Open the example").first.click()
    expect(heading(page, f"Example {shown}")).to_be_visible()
