"""Comparing: methods side by side, what only one holds, saved selections, and a list of one's own.

Selections are saved in a run of this module's own, at a server of its own.
"""

import pytest

from tests.e2e.charts import drawn
from tests.e2e.conftest import serving
from tests.e2e.driving import (
    address,
    button,
    expect,
    expect_column,
    expect_rows,
    follow_menu,
    heading,
    main,
    metric,
    nudge,
    settled,
    slider,
    switch,
    table,
)

CHOICE = {"objective": "facility_location", "budget": "20"}
ONLY_A = "Examples: left of two"


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("comparing")
    with serving(folder / "workspace", folder / "log.txt") as running:
        yield running


@pytest.fixture
def compare(visit, own):
    """compare("longest", ..., part=...) -> the page with these side by side"""

    def open_page(*names, part="measures"):
        return visit("compare", own, run="demo", **CHOICE, compare=names, compare_part=part)

    return open_page


def picks(page):
    """The selections that are compared, as chips."""
    return page.get_by_test_id("stMultiSelect").locator("[data-tag]")


def floating(page, label):
    """A button of what opened over the page."""
    return page.get_by_role("button", name=label, exact=True)


def add_pick(page, title):
    box = main(page).get_by_role("combobox", name="Compared (at most 6)", exact=True)
    box.fill(title)  # the list holds those in sight only
    page.get_by_role("option", name=title, exact=True).click()
    page.keyboard.press("Escape")
    settled(page)


def expect_columns(page, titles):
    """Wait until the table of measures has these columns."""
    headers = page.get_by_test_id("stTable").get_by_role("columnheader")
    letters = [f"{letter} · {title}" for letter, title in zip("ABCDEF", titles)]
    expect(headers).to_have_text(["Measure", *letters])


@pytest.fixture
def ids(demo, choose):
    """ids(**choice) -> the ids of what the library chooses, in order"""
    return lambda **fields: [
        demo.pool[index].id for index in choose(demo, **fields).indices.tolist()
    ]


def test_three_methods_are_picked_and_measured_side_by_side(compare):
    page = compare("choice")
    expect_columns(page, ["Current choice"])
    add_pick(page, "Longest responses")
    add_pick(page, "K-center")
    expect_columns(page, ["Current choice", "Longest responses", "K-center"])
    coverage = (
        page.get_by_test_id("stTable").get_by_role("row").filter(has_text="Coverage of the pool")
    )
    expect(coverage.get_by_role("cell").first).to_contain_text("92.8 %")
    assert drawn(page, "lines").locator(".scatterlayer .trace").count() >= 5
    assert address(page)["compare"] == ["choice", "longest", "k_center"]


def test_what_only_the_first_holds_is_excluded_and_the_choice_is_another(compare, ids):
    page = compare("choice", "longest", part="examples")
    usual = ids(budget="20")
    expect_column(page, ONLY_A, "Id", usual[:2])
    listed = int(table(page, ONLY_A).locator("table[role=grid]").get_attribute("aria-rowcount")) - 1
    button(page, "Exclude all").click()
    settled(page)
    page.wait_for_url("**excludes=*")
    without = address(page)["excludes"]
    assert len(without) == listed and set(without) <= set(usual)
    fresh = ids(budget="20", excludes=tuple(without))
    follow_menu(page, "subset")
    expect_column(page, "Examples: chosen", "Id", fresh[:8])


def test_a_selection_is_saved_reopened_and_compared(visit, own, ids):
    page = visit("subset", own, run="demo", **CHOICE)
    button(page, "Save selection as ...").click()
    page.get_by_role("textbox", name="Name").fill("Für Ärzte")
    page.get_by_role("textbox", name="Name").press("Enter")
    expect(page.get_by_test_id("stToast")).to_contain_text("Saved as Für Ärzte")
    nudge(page, "Budget (examples)", 4)
    expect(metric(page, "Chosen")).to_have_text("24 of 160")
    open_saved(page)
    floating(page, "Reopen").click()
    expect(metric(page, "Chosen")).to_have_text("20 of 160")
    expect_column(page, "Examples: chosen", "Id", ids(budget="20")[:8])
    settled(page)
    expect(slider(page, "Budget (examples)")).to_have_value("20")
    nudge(page, "Budget (examples)", 4)
    expect(metric(page, "Chosen")).to_have_text("24 of 160")
    open_saved(page)
    floating(page, "Compare").click()
    expect(heading(page, "Compare")).to_be_visible()
    expect_columns(page, ["Current choice", "Für Ärzte"])
    expect(main(page)).to_contain_text("Für Ärzte holds 20 examples only")


def open_saved(page):
    """Open the list of saved selections and pick the first."""
    settled(page)
    button(page, "Saved selections (1)").click()
    listed = table(page, "Saved selections, the last one first")
    expect(listed).to_be_visible()
    settled(page)
    corner = listed.locator("canvas").first.bounding_box()
    page.mouse.click(corner["x"] + 18, corner["y"] + 35 + 17)
    expect(floating(page, "Reopen")).to_be_enabled()
    settled(page)


def test_an_imported_list_tells_its_two_unknown_ids_and_is_compared(compare, ids):
    page = compare("choice")
    listed = [*ids(budget="3"), "nobody", "no one"]
    button(page, "Import").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        {"name": "mine.txt", "mimeType": "text/plain", "buffer": "\n".join(listed).encode()}
    )
    expect(page.get_by_text("3 examples of the pool named, 2 rows")).to_be_visible()
    expect_rows(page, "Rows of the file that do not fit", 2)
    expect_column(page, "Rows of the file that do not fit", "Row", [4, 5])
    floating(page, "Compare this ranking").click()
    expect_columns(page, ["Current choice", "mine.txt"])
    switch(page, "Show", "Examples").check(force=True)
    expect_rows(page, ONLY_A, 17)
