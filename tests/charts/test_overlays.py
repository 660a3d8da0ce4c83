"""What lies over the marks of a map.

Play lifts the chosen in their order, verdicts keep their shapes, links join pairs.
"""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.charts.maps import DIAMONDS_MOST, LINKS_MOST, can_be_played
from delift_core.charts.overlays import LINKS, NEWEST_SHARE, ORDER
from delift_core.charts.palette import DARK, LIGHT
from tests.charts.conftest import COLOURS, cloud, decoded, map_of


def traces(figure, name):
    """The traces of a name, as a browser reads them."""
    return [
        trace
        for trace in json.loads(figure.to_json())["data"]
        if (trace.get("name") or "").startswith(name)
    ]


def shade(value, part):
    """The colour Plotly gives a value: at a step of the scale, that above it."""
    share = (value - part["cmin"]) / (part["cmax"] - part["cmin"])
    return [colour for start, colour in part["colorscale"] if start <= share][-1]


def cover_at(cover, rank):
    """Fill and outline that cover each example once `rank` are lit, as map_play.js sets them."""
    half = cover["meta"] + 1
    ends = {"cmin": rank + 0.5 - half, "cmax": rank + 0.5 + half}
    fill, line = cover["marker"] | ends, cover["marker"]["line"] | ends
    return [(shade(value, fill), shade(value, line)) for value in decoded(cover["marker"]["color"])]


def clear(colour):
    return colour == "rgba(0,0,0,0)"


# play


@settings(deadline=None)
@given(st.data())
def test_each_step_lifts_the_next_chosen_and_no_other(data):
    size = data.draw(st.integers(1, 30))
    chosen = np.array(data.draw(st.permutations(range(size)))[: data.draw(st.integers(1, size))])
    points = cloud(size)
    (cover,) = traces(map_of(points, chosen, playable=True, palette=LIGHT), ORDER)
    positions = np.column_stack([decoded(cover["x"]), decoded(cover["y"])])
    assert (positions == points[chosen]).all()  # all of the chosen, each once, none else
    for lit in range(len(chosen) + 1):
        assert [clear(fill) for fill, _ in cover_at(cover, lit)] == [
            rank <= lit for rank in range(1, len(chosen) + 1)
        ]


def test_the_newest_wear_an_outline_and_what_is_to_come_has_the_colour_of_the_pool():
    (cover,) = traces(map_of(cloud(9), np.array([4, 2, 7]), playable=True, palette=DARK), ORDER)
    assert cover_at(cover, 2) == [
        ("rgba(0,0,0,0)", "rgba(0,0,0,0)"),
        ("rgba(0,0,0,0)", DARK.ink),
        (DARK.pool, DARK.pool),
    ]


def test_of_many_more_than_one_glow():
    (cover,) = traces(map_of(cloud(700), np.arange(600), playable=True, palette=LIGHT), ORDER)
    assert sum(line == LIGHT.ink for _, line in cover_at(cover, 300)) == 600 // NEWEST_SHARE


@pytest.mark.parametrize("size", [40, 3_500, 20_500])
def test_a_cover_is_out_of_sight_and_never_answers_the_pointer(size):
    (cover,) = traces(map_of(cloud(size), np.arange(9), playable=True, palette=LIGHT), ORDER)
    assert cover["visible"] is False and cover["hoverinfo"] == "skip" and "customdata" not in cover
    # as the marks below it: WebGL lies over SVG whatever the order
    assert cover["type"] == ("scatter" if size <= 3_000 else "scattergl")
    assert not traces(map_of(cloud(size), np.arange(9), palette=LIGHT), ORDER)


def test_what_a_search_did_not_find_and_what_has_no_position_is_not_played():
    points = cloud(20)
    points[3] = np.nan
    (cover,) = traces(
        map_of(
            points,
            np.array([3, 9, 1, 8]),
            matches=np.array([8, 9, 3]),
            playable=True,
            palette=LIGHT,
        ),
        ORDER,
    )
    assert decoded(cover["x"]) == points[[9, 8], 0].tolist() and decoded(
        cover["marker"]["color"]
    ) == [2, 4]


def test_too_many_chosen_are_not_played():
    assert (
        can_be_played(np.arange(DIAMONDS_MOST))
        and not can_be_played(np.arange(DIAMONDS_MOST + 1))
        and not can_be_played(np.arange(0))
    )
    assert not traces(
        map_of(cloud(4_000), np.arange(DIAMONDS_MOST + 1), playable=True, palette=LIGHT), ORDER
    )


def test_what_play_costs_is_a_few_bytes_for_each_of_the_chosen():
    points, chosen = cloud(10_000), np.arange(3_000)
    still, played = (
        len(map_of(points, chosen, playable=playable, palette=LIGHT).to_json())
        for playable in (False, True)
    )
    assert played - still < 60_000


# verdicts

SAID = ["keep", "drop", None, "flag", "keep", None, None, "drop"]


def worn(figure):
    """verdict -> (symbol, colour, x positions) of its outlines.

    An entry of the legend is told apart by its brackets.
    """
    return {
        trace["name"]: (trace["marker"]["symbol"], trace["marker"]["color"], decoded(trace["x"]))
        for verdict in ("keep", "flag", "drop")
        for trace in traces(figure, verdict)
        if "(" not in trace["name"]
    }


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_verdict_has_a_shape_and_a_colour_of_its_own(palette):
    points = cloud(8)
    found = worn(map_of(points, np.array([0, 1]), verdicts=SAID, palette=palette))
    assert found == {
        "keep": ("circle-open", palette.keep, points[[0, 4], 0].tolist()),
        "flag": ("triangle-up-open", palette.flag, points[[3], 0].tolist()),
        "drop": ("x-thin-open", palette.drop, points[[1, 7], 0].tolist()),
    }


@pytest.mark.parametrize("colours", ["labels", "numbers"])
def test_beside_the_colours_of_a_column_a_verdict_is_told_by_its_shape_alone(colours):
    found = worn(
        map_of(
            cloud(8), np.array([0, 1]), colours=COLOURS[colours](8), verdicts=SAID, palette=LIGHT
        )
    )
    assert {colour for _, colour, _ in found.values()} == {LIGHT.ink} and len(
        {symbol for symbol, _, _ in found.values()}
    ) == 3


def test_a_verdict_on_what_a_search_did_not_find_is_neither_drawn_nor_counted():
    figure = map_of(cloud(8), np.array([0]), verdicts=SAID, matches=np.array([4, 5]), palette=LIGHT)
    assert (
        set(worn(figure)) == {"keep"} and traces(figure, "keep (1)") and not traces(figure, "drop")
    )


def test_outlines_leave_the_click_to_the_marks_below():
    figure = map_of(cloud(8), np.array([0]), verdicts=SAID, palette=LIGHT)
    worn_or_told = [
        trace for verdict in ("keep", "flag", "drop") for trace in traces(figure, verdict)
    ]
    assert len(worn_or_told) == 6 and all(
        trace["hoverinfo"] == "skip" and "customdata" not in trace for trace in worn_or_told
    )


# links


def test_a_link_runs_from_an_example_to_what_it_repeats_and_ends_there():
    points = cloud(6)
    (line,) = traces(
        map_of(points, np.array([0]), links=np.array([[4, 1], [5, 2]]), palette=LIGHT), LINKS
    )
    assert np.allclose(
        decoded(line["x"]), [*points[[4, 1], 0], np.nan, *points[[5, 2], 0], np.nan], equal_nan=True
    )
    assert np.allclose(
        decoded(line["y"]), [*points[[4, 1], 1], np.nan, *points[[5, 2], 1], np.nan], equal_nan=True
    )
    assert line["name"] == "near-duplicates (2)" and line["hoverinfo"] == "skip"


def test_a_link_to_nowhere_or_between_dimmed_examples_is_not_drawn():
    points = cloud(6)
    points[1] = np.nan
    links = np.array([[4, 1], [5, 2], [3, 0]])
    (line,) = traces(
        map_of(points, np.array([0]), links=links, matches=np.array([2]), palette=LIGHT), LINKS
    )
    assert decoded(line["x"])[:2] == points[[5, 2], 0].tolist() and len(decoded(line["x"])) == 3
    assert not traces(
        map_of(points, np.array([0]), links=np.empty((0, 2), int), palette=LIGHT), LINKS
    )


def test_more_links_than_can_be_told_apart_are_cut():
    links = np.column_stack([np.arange(2_500), np.arange(2_500, 5_000)])
    assert traces(
        map_of(cloud(5_000), np.array([0]), links=links, palette=LIGHT),
        f"{LINKS} ({LINKS_MOST:,})",
    )
