"""The map: a lasso lists and judges, a click opens an example, play follows the choice."""

import json
import re

import numpy as np
import pytest

from delift_core.units import coverage_percent
from tests.e2e.charts import (
    EVERYTHING,
    chart,
    click_point,
    drag,
    drawn,
    most_apart,
    point_at,
    projection_of,
)
from tests.e2e.driving import (
    address,
    button,
    download,
    expect,
    expect_rows,
    follow_menu,
    heading,
    main,
    metric,
    nudge,
    opened,
    settled,
    switch,
)

LEFT = [(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98), (0.02, 0.02)]


@pytest.fixture
def page(visit):
    return visit("map", run="demo", objective="facility_location", budget="20")


def within(page, left, right):
    """How many of pool and chosen are between two vertical lines of the chart."""
    area = chart(page, "map").locator(".nsewdrag").first.bounding_box()
    low, high = (area["x"] + 2 + x * (area["width"] - 4) for x in (left, right))
    pool, chosen = (
        sum(low < x < high for x, _ in projection_of(page, "map", name).values())
        for name in ("pool", "chosen")
    )
    return pool + chosen, chosen


def test_a_lasso_around_everything_lists_every_example_that_has_a_position(page, demo):
    from delift_core.runs.projections import read_projection

    placed = int(np.isfinite(read_projection(demo)).all(axis=1).sum())
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text(f"{placed} examples, 20 chosen")
    assert placed == 160
    expect_rows(page, "Examples: enclosed", 100)


def test_a_lasso_around_a_part_lists_that_part(page):
    examples, chosen = within(page, 0.02, 0.5)
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
    examples, chosen = within(page, 0.02, 0.5)
    drag(page, "map", LEFT)
    expect(main(page)).to_contain_text(f"{examples} examples, {chosen} chosen")


def test_a_lasso_works_while_an_example_is_open(visit):
    page = visit(
        "map", run="demo", objective="facility_location", budget="20", example="convert-06"
    )
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen", timeout=5_000)


def test_a_second_lasso_may_begin_within_the_first(page):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    examples, chosen = within(page, 0.02, 0.5)
    drag(page, "map", LEFT)
    expect(main(page)).to_contain_text(f"{examples} examples, {chosen} chosen")


def point_of(page, trace):
    """(index, place) of a point of a trace that no other point covers."""
    positions = projection_of(page, "map")
    index = most_apart(projection_of(page, "map", trace), positions)
    return index, positions[index]


def expect_opened(page, demo, index):
    """The example at an index of the pool is read beside the map, and named by the address."""
    expect(heading(page, f"Example {demo.pool[index].id}")).to_be_visible()
    page.wait_for_url("**example=*")
    assert address(page)["example"] == [demo.pool[index].id]


def set_mouse(page, mode):
    switch(page, "Mouse", mode).check(force=True)
    expect(switch(page, "Mouse", mode)).to_be_checked()
    settled(page)


@pytest.mark.parametrize("trace", ["chosen", "pool"])
def test_a_click_on_a_point_opens_its_example(page, demo, trace):
    set_mouse(page, "click")
    index, position = point_of(page, trace)
    click_point(page, "map", position, f"#{index}{trace}")
    expect_opened(page, demo, index)


def test_a_click_within_a_lasso_opens_the_example_under_it(page, demo):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    set_mouse(page, "click")
    index, position = point_of(page, "chosen")
    click_point(page, "map", position, f"#{index}chosen")
    expect_opened(page, demo, index)


def test_the_pointer_is_told_what_it_is_over(page):
    for trace in ("chosen", "pool"):
        index, position = point_of(page, trace)
        point_at(page, "map", position, f"#{index}{trace}")
        expect(chart(page, "map").locator(".hovertext")).to_contain_text(trace)


# play

COVERED = """g => {
    const order = g._fullData.find(trace => trace.name === "order of choice");
    if (order.visible !== true) return [];
    const dots = [...g.querySelectorAll(`.trace${order.uid} .point`)];
    return dots.flatMap((dot, index) => dot.style.fillOpacity !== "0" ? [index] : []);
}"""


def covered_ranks(page, name="map"):
    """Which of the chosen, by their turn from 0, are still hidden under the grey of the pool."""
    return drawn(page, name).evaluate(COVERED)


def play_to(page, rank):
    """Move the slider of the order of choice."""
    main(page).get_by_role("slider", name="Chosen that are lit").fill(str(rank))
    expect(main(page).get_by_role("status")).to_contain_text(f"{rank} of 20")


def expect_lit(page, name, rank):
    """Wait until a map shows so many."""
    page.wait_for_function(
        """([name, rank]) => {
            const figure = `[role=figure][aria-label^='${name}']`;
            return document.querySelector(`${figure} .js-plotly-plot`)?.lit === rank;
        }""",
        arg=[name, rank],
    )


def test_play_lights_up_the_chosen_one_after_the_other(page, demo):
    from delift_core.selection.choice import Choice
    from delift_core.workflow.choose import choose

    objective, selection = choose(demo, Choice(objective="facility_location", budget="20"))
    end = f"20 of 20 · {coverage_percent(selection.value / objective.whole)} coverage"
    drawn(page, "map")
    page.evaluate(
        """() => {
            window.seen = [];
            const note = () => {
                const g = document.querySelector(".js-plotly-plot");
                const order = g._fullData.find(trace => trace.name === "order of choice");
                if (order.visible === true) {
                    const dots = [...g.querySelectorAll(`.trace${order.uid} .point`)];
                    const hidden = dots.map(dot => dot.style.fillOpacity !== "0");
                    const now = JSON.stringify(hidden);
                    if (window.seen.at(-1) !== now) window.seen.push(now);
                }
                requestAnimationFrame(note);
            };
            note();
        }"""
    )
    expect(main(page).get_by_role("status")).to_have_text(end)
    button(page, "▶ Play").click()
    expect(main(page).get_by_role("status")).not_to_contain_text("20 of 20")
    expect(main(page).get_by_role("status")).to_have_text(end)
    expect(button(page, "▶ Play")).to_be_visible()
    seen = [json.loads(now) for now in page.evaluate("window.seen") if now != "[]"]
    # lit from the first choice on
    assert len(seen) >= 5 and all(len(hidden) == 20 and hidden == sorted(hidden) for hidden in seen)
    counts = [sum(hidden) for hidden in seen]
    assert counts == sorted(counts, reverse=True) and counts[0] > 15
    assert covered_ranks(page) == []


def test_pause_stays_where_it_is_while_an_example_is_opened_and_the_view_is_kept(page, demo):
    set_mouse(page, "click")
    play_to(page, 7)
    expect_lit(page, "Map of", 7)
    assert covered_ranks(page) == list(range(7, 20))
    drawn(page, "map").evaluate(
        "g => window.Plotly.relayout(g, {'xaxis.range': g._fullLayout.xaxis.range.map(x => x * 1.1"
        " + 0.5)})"
    )
    ranges = drawn(page, "map").evaluate("g => g._fullLayout.xaxis.range")
    index, position = point_of(page, "chosen")
    click_point(page, "map", position, f"#{index}chosen")
    expect_opened(page, demo, index)
    settled(page)
    expect_lit(page, "Map of", 7)
    assert covered_ranks(page) == list(range(7, 20))
    assert drawn(page, "map").evaluate("g => g._fullLayout.xaxis.range") == pytest.approx(ranges)
    expect(main(page).get_by_role("status")).to_contain_text("7 of 20")


def test_nothing_plays_by_itself_and_a_lasso_works_while_play_is_paused(page):
    assert (
        drawn(page, "map").evaluate(
            "g => g._fullData.find(one => one.name === 'order of choice').visible"
        )
        is False
    )
    play_to(page, 3)
    expect_lit(page, "Map of", 3)
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    expect(main(page).get_by_role("status")).to_contain_text("3 of 20")


# two maps, and acting on what they enclose


def test_a_lasso_in_one_map_lights_the_same_examples_in_the_other(page):
    switch(page, "Neighbours by", "both maps").check(force=True)
    for name, other, corners, is_dimmed in (
        ("said", "helped", LEFT, True),
        ("helped", "said", EVERYTHING, False),
    ):
        drawn(page, other)
        drag(page, name, corners)
        page.wait_for_function(
            """some => [...document.querySelectorAll("[role=figure] .js-plotly-plot")].filter(g =>
            (g._fullData || []).some(one => one.name === "the rest") === some).length === 2""",
            arg=is_dimmed,
        )
        settled(page)
        dimmed = [set(projection_of(page, map_name, "the rest")) for map_name in (name, other)]
        assert dimmed[0] == dimmed[1] and bool(dimmed[0]) == is_dimmed
    play_to(page, 5)
    for name, label in (("said", "Map of what they say"), ("helped", "Map of whom they help")):
        expect_lit(page, label, 5)
        assert covered_ranks(page, name) == list(range(5, 20))


def test_keeping_all_writes_a_verdict_for_each_of_them(new_server, visit):
    from delift_core.audit.log import open_log
    from delift_core.runs.store import open_demo

    server = new_server()
    page = visit("map", at=server, run="demo", objective="facility_location", budget="20")
    examples, _ = within(page, 0.02, 0.5)
    drag(page, "map", LEFT)
    button(page, "Mark all keep").click()
    expect(page.get_by_test_id("stToast")).to_contain_text(f"Kept {examples} examples")
    run = open_demo(server.workspace)
    events = list(open_log(run.folder).events())
    assert {str(event.action) for event in events} == {"keep"} and len(
        {event.batch for event in events}
    ) == 1
    settled(page)
    expect(
        chart(page, "map").locator(".legend2text").filter(has_text=f"keep ({examples})")
    ).to_be_visible()
    rows = [json.loads(line) for line in download(page, "Export").decode().splitlines()]
    assert rows == [
        dict(run.pool[index].extra)
        for index in sorted(
            run.pool.examples.index(example)
            for example in run.pool
            if example.id in {event.example for event in events}
        )
    ]


def test_what_is_enclosed_opens_in_the_table(page):
    examples, _ = within(page, 0.02, 0.5)
    drag(page, "map", LEFT)
    button(page, "Open in table").click()
    opened(page, "examples")
    expect(switch(page, "Show", f"Enclosed ({examples})")).to_be_checked()
    expect_rows(page, "Examples: Enclosed", examples)


def test_near_duplicates_are_joined_by_lines(page, demo):
    from delift_core.data.near_duplicates import near_duplicates

    pairs = near_duplicates(demo.pool.examples)
    main(page).get_by_text("Link near-duplicates").click()
    legend = (
        chart(page, "map").locator(".legend2text").filter(has_text=re.compile("near-duplicates"))
    )
    expect(legend).to_have_text(f"near-duplicates ({len(pairs)})")
    ends = drawn(page, "map").evaluate(
        """g => {
            const line = g._fullData.find(trace => trace.name.startsWith("near-duplicates"));
            const ends = Array.from(line.x, (x, k) => [x, line.y[k]]);
            return ends.filter(([x]) => Number.isFinite(x));
        }"""
    )
    from delift_core.runs.projections import read_projection

    assert np.allclose(ends, read_projection(demo)[np.array(list(pairs.items())).ravel()])
