"""The map: two layouts of the pool, one set of enclosed examples, and what acts on them."""

import json

import numpy as np
import pytest

from delift_core.data.near_duplicates import near_duplicates
from delift_core.runs.store import bundled_run, default_workspace, open_demo
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from pages.widgets.example_acts import rows_file
from tests.pages.conftest import button, table, texts


def enclose(page, indices):
    """As a lasso does."""
    page.session_state["held enclosed"] = (open_demo(default_workspace()).id, np.array(indices))
    return page.run()


def maps(page):
    """The traces and layout of every map on the page."""
    return [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]


def names(figure):
    return [trace.get("name", "") for trace in figure["data"]]


def test_two_maps_stand_side_by_side_and_hold_the_same_examples(demo):
    by_text, by_help = maps(demo("inspect/map", place="both"))
    assert [figure["layout"]["meta"] for figure in (by_text, by_help)] == [
        {"map": "embedding"},
        {"map": "utility"},
    ]
    marks = [
        [(trace["name"], trace["customdata"]) for trace in figure["data"] if "customdata" in trace]
        for figure in (by_text, by_help)
    ]
    positions = [
        [trace["x"] for trace in figure["data"] if "customdata" in trace]
        for figure in (by_text, by_help)
    ]
    assert marks[0] == marks[1] and positions[0] != positions[1]


def test_what_is_enclosed_is_lit_in_both_maps(demo):
    page = enclose(demo("inspect/map", place="both"), [3, 5, 9])
    for figure in maps(page):
        assert "the rest" in names(figure)
    button(page, "Clear").click().run()
    assert not any("the rest" in names(figure) for figure in maps(page))


def test_a_place_that_is_none_shows_what_examples_say(demo):
    page = demo("inspect/map", place="nowhere")
    assert not page.exception and [figure["layout"]["meta"] for figure in maps(page)] == [
        {"map": "embedding"}
    ]


def test_near_duplicates_are_linked_when_asked_for(demo):
    page = demo("inspect/map")
    assert not any(name.startswith("near-duplicates") for name in names(maps(page)[0]))
    page.toggle(key="links").set_value(True).run()
    expected = len(near_duplicates(bundled_run().pool.examples))
    assert expected and f"near-duplicates ({expected})" in names(maps(page)[0])


def test_a_pool_without_near_duplicates_says_so(demo, monkeypatch):
    monkeypatch.setattr("pages.session.cached_analysis.near_duplicates", lambda run: {})
    switch = demo("inspect/map").toggle(key="links")
    assert switch.disabled and "none" in switch.help


def test_a_search_is_counted(demo):
    page = demo("inspect/map", budget="20")
    page.text_input(key="search").set_value("spanish").run()
    matches = [
        index
        for index, example in enumerate(bundled_run().pool)
        if "spanish"
        in " ".join([*(turn.content for turn in example.turns), example.response]).casefold()
    ]
    chosen = choose(bundled_run(), Choice(objective="facility_location", budget="20"))[1]
    assert (
        f"{len(matches)} found, {len(set(matches) & set(chosen.indices.tolist()))} of them chosen."
        in texts(page)
    )
    assert f"found ({len(matches)})" in names(maps(page)[0])


def test_a_whole_lot_is_kept_or_dropped_at_once_and_wears_its_verdict(demo):
    page = enclose(demo("inspect/map"), range(12))
    button(page, "Keep all").click().run()
    assert "keep (12)" in names(maps(page)[0])
    button(enclose(page, range(10, 15)), "Drop all").click().run()
    button(page, "Clear").click().run()
    assert {"keep (10)", "drop (5)"} <= set(names(maps(page)[0]))


def test_a_table_is_spoken_of_only_where_there_is_one(demo):
    page = demo("inspect/map")
    assert "in the table" not in texts(page) and not page.dataframe
    assert "pick it in the table" in texts(enclose(page, range(3))) and page.dataframe


def test_colours_are_offered_only_for_what_repeats_and_for_numbers(demo, workspace):
    from dataclasses import replace

    from delift_core.runs.tables import write_dataset

    run = open_demo(workspace)
    write_dataset(
        replace(
            run.pool,
            examples=tuple(
                replace(
                    example,
                    extra={
                        "said": example.prompt + str(index),
                        "score": index,
                        "half": str(index // 2),
                    },
                )
                for index, example in enumerate(run.pool)
            ),
        ),
        run.folder / "pool",
    )
    offered = demo("inspect/map").selectbox(key="widget colour").options
    assert "said" not in offered and {"score", "half"} <= set(offered)


def test_an_order_too_long_to_be_played_is_said_to_be(demo, monkeypatch):
    monkeypatch.setattr("delift_core.charts.maps.DIAMONDS_MOST", 30)
    assert "The 31 chosen are too many to be played" in texts(demo("inspect/map", budget="31"))
    assert "too many" not in texts(demo("inspect/map", budget="30"))


def test_the_rows_enclosed_are_exported_as_they_were_loaded(workspace):
    run = bundled_run()
    written = rows_file(run, np.array([7, 2]), "rows.jsonl").decode()
    rows = [json.loads(line) for line in written.splitlines()]
    assert rows == [dict(run.pool[7].extra), dict(run.pool[2].extra)]


def test_the_examples_page_lists_what_is_enclosed_until_it_is_let_go(demo):
    page = enclose(demo("inspect/examples", budget="20"), [3, 5, 9])
    assert "Enclosed (3)" in page.segmented_control(key="tab").options
    page.segmented_control(key="tab").set_value("Enclosed").run()
    assert sorted(table(page, "Enclosed")["id"]) == sorted(
        bundled_run().pool[index].id for index in (3, 5, 9)
    )
    next(
        element
        for element in page.button
        if element.key and element.key.startswith("take off") and "nclosed" in element.label
    ).click().run()
    assert not page.exception and not [
        option for option in page.segmented_control(key="tab").options if "Enclosed" in option
    ]
    assert page.segmented_control(key="tab").value == "All"


def test_a_field_that_holds_lists_here_and_nothing_there_colours_the_map(demo, workspace):
    from dataclasses import replace

    from delift_core.runs.tables import write_dataset

    run = open_demo(workspace)
    mixed = tuple(
        replace(example, extra=example.extra | {"tags": ["x", index] if index % 2 else None})
        for index, example in enumerate(run.pool)
    )
    write_dataset(replace(run.pool, examples=mixed), run.folder / "pool")
    page = demo("inspect/map", colour="tags")
    assert not page.exception and maps(page)


@pytest.mark.parametrize("mouse", ["lasso", "pan"])
def test_what_the_mouse_does_is_told_to_the_chart_beforehand(demo, mouse):
    page = demo("inspect/map")
    page.segmented_control(key="mouse").set_value(mouse).run()
    layout = maps(page)[0]["layout"]
    assert (layout["dragmode"], layout["clickmode"]) == (
        mouse,
        {"lasso": "event", "pan": "event+select"}[mouse],
    )


def test_of_two_maps_the_one_that_is_missing_is_offered(demo, monkeypatch):
    from pages.session import cache

    known = cache.projection
    monkeypatch.setattr(
        "pages.session.cache.projection",
        lambda run, of: known(run, of) if of == "embedding" else None,
    )
    page = demo("inspect/map", place="both")
    assert button(page, "Draw the map of whom they help") and not maps(page)


def test_what_was_enclosed_is_listed_with_how_many_are_chosen(demo):
    page = demo("inspect/map", budget="20")
    page.session_state["held enclosed"] = (open_demo(default_workspace()).id, np.arange(150))
    page.run()
    chosen = choose(bundled_run(), Choice(objective="facility_location", budget="20"))[1]
    assert f"**150 examples, {(chosen.indices < 150).sum()} chosen**" in texts(page)
    assert len(table(page, "enclosed")) == 100
    button(page, "Clear").click().run()
    assert "**150 examples" not in texts(page)


@pytest.mark.parametrize(
    "colour", [None, "topic", "response tokens", "distance alone", "row budget at which it enters"]
)
def test_the_map_can_be_coloured_by_any_column(demo, colour):
    page = demo("inspect/map", **({"colour": colour} if colour else {}))
    assert not page.exception
    assert page.selectbox(key="widget colour").value == colour
    assert page.get("plotly_chart")


def test_a_colour_that_is_no_column_is_ignored(demo):
    page = demo("inspect/map", colour="nothing of the kind")
    assert not page.exception and page.selectbox(key="widget colour").value is None


def test_the_map_by_utility_is_another_map(demo):
    by_text, by_help = demo("inspect/map"), demo("inspect/map", place="utility")
    assert by_text.get("plotly_chart")[0].proto.spec != by_help.get("plotly_chart")[0].proto.spec


def test_the_same_page_twice_is_the_same_figure(demo):
    page = demo("inspect/map", colour="topic")
    first = page.get("plotly_chart")[0].proto.spec
    assert page.run().get("plotly_chart")[0].proto.spec == first
