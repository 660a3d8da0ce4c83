"""The map: a lasso lists and judges, a click opens an example, play follows the choice."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from delift_core.units import coverage_percent
from tests.e2e.charts import (
    EVERYTHING,
    chart,
    drag,
    drawn,
    most_apart,
    point_at,
    projection_of,
)
from tests.e2e.driving import (
    address,
    button,
    click_at,
    expect,
    expect_rows,
    follow_menu,
    heading,
    main,
    metric,
    nudge,
    opened,
    pick_option,
    settled,
    table,
    turns,
)

LEFT = [(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98), (0.02, 0.02)]


@pytest.fixture
def page(visit):
    return visit(
        "map", run="demo", objective="facility_location", budget="20", colour="chosen or not"
    )


@pytest.fixture
def first_sight(visit):
    return visit("map", run="demo", objective="facility_location")


def test_the_map_and_the_first_chosen_example_fill_the_first_screen(first_sight, demo, choose):
    page, first = first_sight, demo.pool[int(choose(demo, budget="30%").indices[0])]
    drawn(page, "map")
    expect(heading(page, f"Example {first.id}")).to_be_in_viewport(ratio=1)
    expect(turns(page).nth(1)).to_be_in_viewport(ratio=1)
    expect(chart(page, "map")).to_be_in_viewport(ratio=1)
    expect(button(page, "▶ Play")).to_be_in_viewport(ratio=1)
    topics = {example.extra["topic"] for example in demo.pool}
    assert set(chart(page, "map").locator(".annotation-text").all_text_contents()) == topics


def within(page, left, right):
    """How many of pool and chosen are between two vertical lines of the chart."""
    area = drawn(page, "map").locator(".nsewdrag").first.bounding_box()
    low, high = (area["x"] + 2 + x * (area["width"] - 4) for x in (left, right))
    pool, chosen = (
        sum(low < x < high for x, _ in projection_of(page, "map", name).values())
        for name in ("pool", "chosen")
    )
    return pool + chosen, chosen


def from_corner(left, top):
    """All of the chart, around from one of its corners."""
    return [(left, top), (1 - left, top), (1 - left, 1 - top), (left, 1 - top), (left, top)]


def test_a_lasso_from_any_corner_is_listed_in_sight(page):
    for corner in ((0, 0), (1, 0), (0, 1), (1, 1)):
        drag(page, "map", from_corner(*corner))
        expect(main(page).get_by_text("160 examples, 20 chosen")).to_be_in_viewport(ratio=1)
        expect(table(page, "Examples: map selection")).to_be_in_viewport(ratio=1)
        button(page, "Map selection (160)").click()
        expect(main(page)).not_to_contain_text("160 examples, 20 chosen")


def test_a_lasso_may_begin_on_a_point(page):
    area = drawn(page, "map").locator(".nsewdrag").first.bounding_box()
    x, y = point_of(page, "chosen")[1]
    start = ((x - area["x"] - 2) / (area["width"] - 4), (y - area["y"] - 2) / (area["height"] - 4))
    drag(page, "map", [start, (0, 0), (1, 0), (1, 1), (0, 1), (0, 0), start])
    expect(main(page)).to_contain_text(re.compile(r"\d+ examples, \d+ chosen"))


def test_a_lasso_around_everything_lists_every_example_that_has_a_position(page, demo):
    from delift_core.runs.projections import read_projection

    placed = int(np.isfinite(read_projection(demo)).all(axis=1).sum())
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text(f"{placed} examples, 20 chosen")
    assert placed == 160
    expect_rows(page, "Examples: map selection", 100)


def test_a_lasso_around_a_part_lists_that_part(page):
    examples, chosen = within(page, 0.02, 0.5)
    assert 0 < chosen < 20 < examples < 160
    drag(page, "map", LEFT)
    expect(main(page)).to_contain_text(f"{examples} examples, {chosen} chosen")
    expect_rows(page, "Examples: map selection", examples)


def test_a_lasso_still_works_after_the_budget_has_changed(page):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    follow_menu(page, "subset")
    nudge(page, "Budget (examples)", 1)
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


@pytest.mark.parametrize("trace", ["chosen", "pool"])
def test_a_click_on_a_point_reads_its_example_and_rings_it(page, demo, trace):
    index, position = point_of(page, trace)
    click_at(page, *position)
    expect_opened(page, demo, index)
    expect(heading(page, f"Example {demo.pool[index].id}")).to_be_in_viewport(ratio=1)
    ring = chart(page, "map").locator(".chart-ring")
    expect(ring).to_be_visible()
    box = ring.bounding_box()
    assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx(
        position, abs=2
    )


def test_a_click_within_a_lasso_opens_the_example_under_it(page, demo):
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    settled(page)
    index, position = point_of(page, "chosen")
    click_at(page, *position)
    expect_opened(page, demo, index)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")


def test_a_click_on_nothing_changes_nothing(page):
    area = drawn(page, "map").locator(".nsewdrag").first.bounding_box()
    click_at(page, area["x"] + 8, area["y"] + 8)
    settled(page)
    assert "example" not in address(page) and "around" not in address(page)


def test_the_pointer_is_told_what_it_is_over_until_it_leaves(page, demo):
    for trace in ("chosen", "pool"):
        index, position = point_of(page, trace)
        point_at(page, "map", position, re.compile(re.escape(demo.pool[index].id)))
        label = chart(page, "map").locator(".hovertext")
        expect(label).to_contain_text(demo.pool[index].prompt[:20])
        assert ("chosen" in label.text_content()) == (trace == "chosen")
    heading(page, "Map").hover()
    expect(label).to_have_count(0)


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
    play_to(page, 7)
    expect_lit(page, "Map by", 7)
    assert covered_ranks(page) == list(range(7, 20))
    drawn(page, "map").evaluate(
        "g => window.Plotly.relayout(g, {'xaxis.range': g._fullLayout.xaxis.range.map(x => x * 1.1"
        " + 0.5)})"
    )
    ranges = drawn(page, "map").evaluate("g => g._fullLayout.xaxis.range")
    index, position = point_of(page, "chosen")
    click_at(page, *position)
    expect_opened(page, demo, index)
    settled(page)
    expect_lit(page, "Map by", 7)
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
    expect_lit(page, "Map by", 3)
    drag(page, "map", EVERYTHING)
    expect(main(page)).to_contain_text("160 examples, 20 chosen")
    expect(main(page).get_by_role("status")).to_contain_text("3 of 20")


# two maps, and acting on what they enclose


def test_a_lasso_in_one_map_lights_the_same_examples_in_the_other(page):
    pick_option(page, "Layout", "Both")
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
    for name, label in (("said", "Map by text similarity"), ("helped", "Map by helpfulness")):
        expect_lit(page, label, 5)
        assert covered_ranks(page, name) == list(range(5, 20))


def test_keeping_all_writes_a_verdict_for_each_of_them(new_server, visit):
    from delift_core.audit.log import open_log
    from delift_core.runs.store import open_demo

    server = new_server()
    page = visit(
        "map",
        at=server,
        run="demo",
        objective="facility_location",
        budget="20",
        colour="chosen or not",
    )
    examples, _ = within(page, 0.02, 0.5)
    drag(page, "map", LEFT)
    button(page, "Act on all").click()
    page.get_by_role("button", name="Mark all keep", exact=True).click()
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
    if not page.get_by_role("button", name="Export", exact=True).is_visible():
        button(page, "Act on all").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Export", exact=True).click()
    exported = Path(coming.value.path()).read_text(encoding="utf-8")
    rows = [json.loads(line) for line in exported.splitlines()]
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
    expect(button(page, f"Map selection ({examples})")).to_be_visible()
    expect_rows(page, "Examples: All", min(examples, 100))


def test_near_duplicates_are_joined_by_lines(page, demo):
    from delift_core.data.near_duplicates import near_duplicates

    pairs = near_duplicates(demo.pool.examples)
    main(page).get_by_role("button", name="Near-duplicates").click()
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
