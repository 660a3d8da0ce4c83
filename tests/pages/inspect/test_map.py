"""The map: two layouts of the pool, one set of enclosed examples, and what acts on them."""

import json

import numpy as np
import pytest

from delift_core.analysis.owners import NOBODY, owners
from delift_core.analysis.placement import placed_among
from delift_core.charts.lasso import indices_in
from delift_core.data.near_duplicates import near_duplicates
from delift_core.runs.projections import read_projection
from delift_core.runs.store import bundled_run, open_demo
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from pages.inspect import map_colours
from pages.session import cached_choice
from pages.session.outlines import read, written
from pages.widgets.example_acts import rows_file
from tests.pages.conftest import button, table, texts

POINTS = read_projection(bundled_run())


def strip(low, high):
    """A lasso over a share of the map from left to right, as the address holds it."""
    left, right = np.quantile(POINTS[:, 0], [low, high]).tolist()
    bottom, top = POINTS[:, 1].min() - 1, POINTS[:, 1].max() + 1
    return written("embedding", [left, right, right, left], [bottom, bottom, top, top])


def within(outline):
    """The indices of the examples inside."""
    _, corners = read(outline)
    return indices_in({"lasso": [corners]}, POINTS)


def take_off(page):
    """Remove the map selection; returns what its pill said."""
    (pill,) = [each for each in page.button if str(each.key).startswith("take off Map selection")]
    pill.click().run()
    return pill.key.removeprefix("take off ")


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


def test_what_is_drawn_around_is_lit_in_both_maps(demo):
    page = demo("inspect/map", place="both", around=strip(0.1, 0.4))
    for figure in maps(page):
        assert "the rest" in names(figure)
    take_off(page)
    assert not any("the rest" in names(figure) for figure in maps(page))


def test_a_place_that_is_none_shows_what_examples_say(demo):
    page = demo("inspect/map", place="nowhere")
    assert not page.exception and [figure["layout"]["meta"] for figure in maps(page)] == [
        {"map": "embedding"}
    ]


def test_near_duplicates_are_linked_when_asked_for(demo):
    (plain,), (linked,) = maps(demo("inspect/map")), maps(demo("inspect/map", layers="links"))
    assert not any(name.startswith("near-duplicates") for name in names(plain))
    expected = len(near_duplicates(bundled_run().pool.examples))
    assert expected and f"near-duplicates ({expected})" in names(linked)


def test_a_pool_without_near_duplicates_offers_no_links(demo, monkeypatch):
    monkeypatch.setattr("pages.session.cached_analysis.near_duplicates", lambda run: {})
    page = demo("inspect/map", layers="links")
    assert not page.exception
    assert not any(name.startswith("near-duplicates") for name in names(maps(page)[0]))


def test_a_search_is_counted(demo):
    page = demo("inspect/map", budget="20")
    page.text_input(key="widget search").set_value("spanish").run()
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
    kept, dropped = within(strip(0.1, 0.4)), within(strip(0.3, 0.5))
    page = demo("inspect/map", around=strip(0.1, 0.4))
    button(page, "Mark all keep").click().run()
    assert f"keep ({len(kept)})" in names(maps(page)[0])
    page = demo("inspect/map", around=strip(0.3, 0.5))
    button(page, "Mark all drop").click().run()
    take_off(page)
    rest = len(set(kept) - set(dropped))
    assert 0 < rest < len(kept)
    assert {f"keep ({rest})", f"drop ({len(dropped)})"} <= set(names(maps(page)[0]))


def test_colours_are_offered_only_for_what_repeats_and_for_numbers(
    before_validation, demo, workspace
):
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


def test_the_examples_page_lists_the_map_selection_until_it_is_taken_off(demo):
    inside = within(strip(0.1, 0.4))
    page = button(demo("inspect/map", around=strip(0.1, 0.4)), "Open in table").click().run()
    assert set(table(page, "All")["id"]) == {bundled_run().pool[index].id for index in inside}
    page = demo("inspect/examples", around=strip(0.1, 0.4))
    assert take_off(page) == f"Map selection ({len(inside)})"
    assert len(table(page, "All")) == 100


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


def test_the_mouse_draws_and_a_click_is_left_to_the_page(demo):
    (figure,) = maps(demo("inspect/map"))
    assert (figure["layout"]["dragmode"], figure["layout"]["clickmode"]) == ("lasso", "event")


def test_of_two_maps_the_one_that_is_missing_is_offered(demo, monkeypatch):
    from pages.session import cache

    known = cache.projection
    monkeypatch.setattr(
        "pages.session.cache.projection",
        lambda run, of: known(run, of) if of == "embedding" else None,
    )
    page = demo("inspect/map", place="both")
    assert button(page, "Draw the map by helpfulness") and not maps(page)


def test_the_map_selection_is_listed_with_how_many_are_chosen(demo):
    inside = within(strip(0.05, 0.95))
    page = demo("inspect/map", budget="20", around=strip(0.05, 0.95))
    chosen = choose(bundled_run(), Choice(objective="facility_location", budget="20"))[1]
    of_chosen = len(set(inside) & set(chosen.indices.tolist()))
    assert f"**{len(inside)} examples, {of_chosen} chosen**" in texts(page)
    assert len(table(page, "map selection")) == 100
    take_off(page)
    assert f"**{len(inside)} examples" not in texts(page)


def test_the_map_is_coloured_and_labelled_by_topic_from_the_start(demo):
    page = demo("inspect/map")
    assert page.selectbox(key="widget colour").value == "topic"
    topics = {example.extra["topic"] for example in bundled_run().pool}
    (figure,) = maps(page)
    assert {f"<b>{topic}</b>" for topic in topics} == {
        each["text"] for each in figure["layout"]["annotations"]
    }
    assert topics <= set(names(figure))


def test_without_topics_the_map_is_coloured_by_clusters_of_its_texts(demo, monkeypatch):
    monkeypatch.setattr("pages.session.cached_fields.group_fields", lambda run: [])
    page = demo("inspect/map")
    assert page.selectbox(key="widget colour").value == "text clusters"
    (figure,) = maps(page)
    assert 2 <= len(figure["layout"]["annotations"]) <= 8


@pytest.mark.parametrize(
    "colour",
    [
        "topic",
        "text clusters",
        "chosen or not",
        "gain",
        "covering example",
        "budget at which it enters",
        "response tokens",
        "answer error alone",
    ],
)
def test_the_map_can_be_coloured_by_any_of_these(demo, colour):
    page = demo("inspect/map", colour=colour)
    assert not page.exception
    assert page.selectbox(key="widget colour").value == colour
    assert page.get("plotly_chart")


def test_a_colour_that_is_none_is_ignored(demo):
    page = demo("inspect/map", colour="nothing of the kind")
    assert not page.exception and page.selectbox(key="widget colour").value == "topic"


def test_colours_by_gain_and_by_coverer_are_those_of_the_engine():
    run = bundled_run()
    outcome = cached_choice.outcome(run, Choice(objective="facility_location", budget="20"))
    coloured = map_colours.gains(run, outcome)
    order = outcome.order.selection
    np.testing.assert_array_equal(coloured[order.indices], order.gains)
    wanted = owners(outcome.objective, outcome.selection.indices).tolist()
    assert map_colours.coverers(run, outcome) == [
        "none" if owner == NOBODY else run.pool[owner].id for owner in wanted
    ]


def test_examples_of_other_roles_stand_among_those_like_them(demo):
    run = bundled_run()
    page = demo("inspect/map", layers=["target", "links"])
    (figure,) = maps(page)
    target = next(trace for trace in figure["data"] if trace.get("name") == "Target")
    placed = placed_among(run.alone("target").embedding, run.alone("pool").embedding, POINTS)
    assert len(target["text"]) == len(placed) == 20
    assert target["text"][0].startswith(f"Target {run.datasets['target'][0].id}: ")
    assert any(name.startswith("near-duplicates") for name in names(figure))


def test_the_map_by_utility_is_another_map(demo):
    by_text, by_help = demo("inspect/map"), demo("inspect/map", place="utility")
    assert by_text.get("plotly_chart")[0].proto.spec != by_help.get("plotly_chart")[0].proto.spec


def test_the_same_page_twice_is_the_same_figure(demo):
    page = demo("inspect/map", colour="topic")
    first = page.get("plotly_chart")[0].proto.spec
    assert page.run().get("plotly_chart")[0].proto.spec == first
