"""Data that would like to be markup: every character of it is shown, none of it is obeyed."""

import re
from dataclasses import replace

import pytest

from tests.demo_variants import demo_variant
from tests.e2e.charts import EVERYTHING, chart, drag, drawn, most_apart, point_at, projection_of
from tests.e2e.conftest import serving
from tests.e2e.driving import (
    address,
    button,
    chips,
    click_row,
    expect,
    expect_column,
    expect_rows,
    heading,
    main,
    pick_option,
    settled,
    switch,
    turns,
    unfold,
)

TEXTS = (
    "<script>alert(1)</script>",
    "<b>x</b>",
    "![t](http://evil.example/x.png)",
    "$x^2$",
    ":red[x]",
    "**b**",
    "# h",
    "%{x}",
    "{{x}}",
    "<img src=http://evil.example/y.png onerror=alert(1)>",
)
WISHES = "Pins, excludes and group limits"
FIELD = "<b>field</b> $x^2$ :red[y] %{z}"


def hostile(example, position):
    """The same example with texts of another kind in every part of it."""
    bad = TEXTS[position % len(TEXTS)]
    prompt, response = f"{bad} asked {position}", f"{bad}\n\n{bad} answered"
    name = " ".join(TEXTS) if position < 2 else bad  # the first two have everything in their names
    return replace(
        example,
        id=f"{name} {position}",
        prompt=prompt,
        response=response,
        turns=(replace(example.turns[0], content=prompt),),
        extra={FIELD: bad, "prompt": prompt},
    )


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    return tmp_path_factory.mktemp("hostile")


@pytest.fixture(scope="module")
def run(workspace):
    """The demo's run, its pool rewritten."""
    return demo_variant(workspace, hostile, "<b>x</b> $y$ :red[z].jsonl")


@pytest.fixture(scope="module")
def hostile_server(workspace):
    with serving(workspace, workspace / "log.txt") as running:
        yield running


@pytest.fixture
def open_page(visit, hostile_server, run):
    return lambda path, **address: visit(
        path,
        at=hostile_server,
        run=run.id,
        **{"objective": "facility_location", "budget": "20", **address},
    )


@pytest.fixture
def order(run, choose):
    """The chosen examples in order."""
    return [run.pool[index] for index in choose(run, budget="20").indices.tolist()]


def expect_literal(page, *texts):
    """The texts stand on the page, and no element made of them does.

    A coloured text of theirs would be a single letter; pages colour words of their own.
    """
    for text in texts:
        expect(main(page)).to_contain_text(text)
    assert (
        main(page)
        .locator(
            "b, .katex, script, img[src*=evil], h1:text-is('h'),"
            " .stMarkdownColoredText:text-matches('^[xyz]$')"
        )
        .count()
        == 0
    )


def expect_panel(page, example):
    """The panel of an example tells every text of it."""
    expect(heading(page, f"Example {example.id}")).to_be_visible()
    main(page).get_by_role("tab", name="Text", exact=True).click()
    expect(turns(page).first).to_have_text(example.prompt)
    assert turns(page).nth(1).text_content() == example.response
    main(page).get_by_role("tab", name="Row", exact=True).click()
    expect(page.get_by_test_id("stJson").first).to_contain_text(FIELD)
    expect_literal(page, example.id, example.prompt)


def test_on_subset(open_page, order):
    page = open_page("subset")
    for row in range(3):
        expect_column(page, "Examples: chosen", "Id", [example.id for example in order[:8]])
        click_row(page, "Examples: chosen", row)
        expect_panel(page, order[row])
    button(page, "Pin").click()
    expect_rows(page, "Examples: chosen", 20)
    unfold(page, WISHES)
    expect(chips(page, "Pinned: chosen first")).to_have_text([order[2].id])
    pick_option(page, "Groups by field", FIELD)
    pick_option(page, "Group", TEXTS[3])
    button(page, "Limit").click()
    expect(main(page)).to_contain_text("1 group limit active")
    unfold(page, WISHES)
    expect(chips(page, "Limits")).to_have_text([f"{TEXTS[3]}: at most 10"])
    expect_literal(page, f"{TEXTS[3]}: at most 10")
    page.wait_for_url("**quotas=*")
    assert address(page)["pins"] == [order[2].id]


def test_on_the_map_and_under_the_pointer(open_page, run):
    page = open_page("map", colour=FIELD)
    legend = drawn(page, "map").locator(".legend")
    expect(legend.locator(".legendtitletext")).to_have_text(FIELD)
    labels = [text for text in TEXTS if legend.locator(".legendtext", has_text=text).count()]
    assert len(labels) == 8
    positions = projection_of(page, "map")
    for label in labels:
        index = most_apart(
            (index for index, example in enumerate(run.pool) if example.extra[FIELD] == label),
            positions,
        )
        said = re.compile(re.escape(run.pool[index].id))
        point_at(page, "map", positions[index], said)
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    expect_rows(page, "Examples: map selection", 100)
    click_row(page, "Examples: map selection", 1)
    expect_panel(page, run.pool[1])
    assert chart(page, "map").locator("image, a").count() == 0


def test_on_the_heatmap(open_page, run):
    shown, answered = run.pool[0], run.pool[1]
    page = open_page("heatmap", shown=shown.id, answered=answered.id)
    expect(heading(page, f"{shown.id} shown, {answered.id} answered")).to_be_visible()
    expect_literal(page, shown.prompt, answered.prompt, shown.response, answered.response)


def want(page, text):
    """Pick a value to filter by; once more where a busy page moved under the click."""
    chip = chips(page, "Values").filter(has_text=re.compile(f"^{re.escape(text)}$"))
    pick_option(page, "Values", text)
    settled(page)
    page.wait_for_timeout(500)
    settled(page)
    if chip.count() == 0:
        pick_option(page, "Values", text)
    expect(chip).to_have_count(1)


def test_on_examples(open_page, run):
    page = open_page("examples")
    pick_option(page, "Filter by", FIELD)
    for text in TEXTS:
        want(page, text)
    page.keyboard.press("Escape")
    expect(chips(page, "Values")).to_have_text(list(TEXTS))
    expect(switch(page, "Show", "All (160)")).to_be_visible()
    pick_option(page, "Sort by", "Original order")
    expect_column(page, "Examples: All", "Id", [example.id for example in run.pool.examples[:8]])
    click_row(page, "Examples: All", 9)
    expect_panel(page, run.pool[9])
    for tab in ("Helps", "Helped by", "Near duplicates"):
        main(page).get_by_role("tab", name=tab, exact=True).click()
        settled(page)
        expect_literal(page)


def test_on_export(open_page, order, hostile_server):
    page = open_page("export", pins=[order[7].id, order[8].id])
    for example in (order[7], order[8]):
        expect_literal(page, example.prompt)
    expect(page.get_by_test_id("stCode").last).to_contain_text("--pin")
    for shape in ("Alpaca", "ShareGPT", "Messages"):
        switch(page, "Schema", shape).check(force=True)
        expect(switch(page, "Schema", shape)).to_be_checked()
        settled(page)
        expect_literal(page, order[7].prompt)


def test_on_data(open_page, run):
    page = open_page("data")
    expect_literal(page, run.pool.source, run.pool[0].id, run.pool[0].prompt)


def test_on_the_card_of_an_audit(open_page, order):
    page = open_page("audit", reviewer=f"<i>me</i> {TEXTS[3]}")
    card = page.locator("section.card")
    expect(main(page)).to_contain_text(f"Verdicts are written as <i>me</i> {TEXTS[3]}")
    for position, example in enumerate(order[:4]):
        expect(card.locator(".facts")).to_contain_text(" ".join(example.id.split()))
        expect(card.locator(".turns .turn div").first).to_have_text(example.prompt)
        assert card.locator(".turns .turn div").last.inner_text() == example.response
        assert card.locator(".turn :is(b, img, script, i, h1, a)").count() == 0
        page.keyboard.press("d" if position == 3 else "k")
    expect(main(page)).to_contain_text(
        re.compile(rf"{re.escape(order[3].id)}(, and with it .*, are| is) replaced by")
    )
    expect(card.locator(".message")).to_contain_text(f"Dropped {order[3].id}")
    expect_literal(page)
    for tab in ("Verdicts", "Re-select"):
        main(page).get_by_role("tab", name=tab).click()
        settled(page)
        expect_literal(page)


@pytest.mark.parametrize("part", ["measures", "maps", "composition", "examples"])
def test_on_compare(open_page, run, part):
    """Names of saved selections, of imported files, of fields, values and ids."""
    from delift_core.runs.selections import save_selection
    from delift_core.selection.choice import Choice
    from delift_core.workflow.choose import choose as choose_in

    choice, name = Choice(objective="facility_location", budget="20"), " ".join(TEXTS[1:5])
    digest = save_selection(run, choice, choose_in(run, choice)[1], name).stem
    names = ["longest", f"saved:{digest}", f"table:{'0' * 64}:{TEXTS[9]}"]
    page = open_page("compare", compare=names, compare_part=part, compare_by=FIELD)
    settled(page)
    expect(main(page)).to_contain_text(f"{TEXTS[9]}: it was imported elsewhere")
    if part == "measures":
        expect(page.get_by_test_id("stTable")).to_contain_text(f"B · {name}")
    expect_literal(page)
