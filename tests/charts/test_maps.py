"""The map: every example once, the chosen on top, and everything that can be added to it."""

import base64
import io
import json
from html import unescape

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from delift_core.charts.palette import DARK, LIGHT
from delift_core.charts.raster import HEIGHT, WIDTH, frame_of, pixels
from tests.charts.conftest import COLOURS, MARKUP, cloud, decoded, map_of, raster_map_of, texts


def marks_of(figure):
    """The traces of a figure whose marks are examples, as a browser reads them."""
    return [trace for trace in json.loads(figure.to_json())["data"] if "customdata" in trace]


def drawn(figure, symbol=None):
    """The examples a figure draws, bottom to top, of all marks or of one symbol."""
    return [
        index
        for trace in marks_of(figure)
        if trace["marker"].get("symbol") == symbol
        for index in decoded(trace["customdata"])
    ]


def picture_of(figure):
    """The painted map as (rows, columns, red green blue alpha)."""
    encoded = figure.layout.images[0].source.removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
@pytest.mark.parametrize("matches", [None, np.array([3, 4, 20])], ids=["all", "search"])
def test_every_example_is_drawn_once_and_the_chosen_on_top(colours, matches):
    chosen = np.array([20, 3, 11])
    figure = map_of(cloud(60), chosen, colours=colours(60), matches=matches, palette=LIGHT)
    circles, diamonds = drawn(figure), drawn(figure, "diamond")
    assert sorted(circles) == sorted(set(range(60)) - set(chosen.tolist()))
    assert sorted(diamonds) == [3, 11, 20]
    assert figure.data[-1].marker.symbol == "diamond"


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_a_mark_stands_where_its_example_does(size, data):
    points = cloud(size)
    points[sorted(data.draw(st.sets(st.integers(0, size - 1), max_size=3)))] = np.nan
    for trace in marks_of(map_of(points, np.array([size - 1]), palette=DARK)):
        positions = np.column_stack([decoded(trace["x"]), decoded(trace["y"])])
        assert (positions == points[decoded(trace["customdata"])]).all()


def test_what_a_search_did_not_find_is_faint_and_below_the_rest():
    figure = map_of(cloud(30), np.array([1, 2]), matches=np.array([2, 5]), palette=LIGHT)
    faint, lit, faint_chosen, lit_chosen = [
        (trace.marker.opacity, sorted(trace.customdata))
        for trace in figure.data
        if trace.customdata is not None
    ]
    assert lit[1] == [5] and lit_chosen[1] == [2] and faint_chosen[1] == [1]
    assert faint[0] < 0.3 < lit[0] and faint_chosen[0] < 0.3


def test_what_a_search_found_is_larger_outlined_and_counted():
    found, plain = (
        map_of(cloud(30), np.array([1, 2]), matches=matches, palette=LIGHT)
        for matches in (np.array([2, 5]), None)
    )
    lit, all_alike = (
        next(
            trace for trace in found.data if trace.customdata is not None and 5 in trace.customdata
        ),
        plain.data[2],
    )
    assert (
        lit.marker.size > all_alike.marker.size
        and lit.marker.line.width > 0
        and all_alike.marker.line.width is None
    )
    assert "found (2)" in [trace.name for trace in found.data] and not [
        trace for trace in plain.data if "found" in (trace.name or "")
    ]


def test_what_a_lasso_holds_stays_lit_and_the_rest_is_dimmed_also_within_a_search():
    for matches, lit in ((None, [2, 5, 6]), (np.array([5, 7]), [5])):
        figure = map_of(
            cloud(30),
            np.array([1, 2]),
            matches=matches,
            enclosed=np.array([2, 5, 6]),
            palette=LIGHT,
        )
        bright = [
            index
            for trace in marks_of(figure)
            if trace["marker"].get("opacity", 1) > 0.5
            for index in decoded(trace["customdata"])
        ]
        assert sorted(bright) == lit
        assert sorted(drawn(figure) + drawn(figure, "diamond")) == list(range(30))


def test_the_legend_names_the_marks():
    def legend(**shown):
        return [
            trace.name
            for trace in map_of(cloud(12), np.arange(3), palette=LIGHT, **shown).data
            if trace.showlegend
        ]

    assert legend() == ["pool", "chosen"]
    assert legend(colours=["a", "b"] * 6) == ["a", "b", "chosen"]
    assert legend(colours=np.arange(12.0)) == ["chosen"]
    assert legend(verdicts=["keep", "keep", "flag", "drop"] + [None] * 8) == [
        "pool",
        "chosen",
        "keep (2)",
        "flag (1)",
        "drop (1)",
    ]


def test_an_example_without_a_position_is_not_drawn():
    points = cloud(10)
    points[4] = np.nan
    figure = map_of(points, np.array([4, 5]), palette=LIGHT)
    assert 4 not in drawn(figure) + drawn(figure, "diamond")


@pytest.mark.parametrize("size", [50, 3_500, 20_500])
def test_no_text_of_the_data_is_markup_in_any_map(size):
    labels = [MARKUP if row % 2 else f"{MARKUP} {row % 20}" for row in range(size)]
    figure = map_of(cloud(size), np.arange(4), colours=labels, colour_title=MARKUP, palette=LIGHT)
    found = list(texts(json.loads(figure.to_json())))
    assert any("&lt;b&gt;bold" in text for text in found)
    assert not any("<b>" in text or "<a " in text for text in found)


def test_a_label_that_looks_like_a_place_holder_stays_out_of_the_hover_text():
    figure = map_of(cloud(6), np.array([0]), colours=["%{x}"] * 6, palette=LIGHT)
    assert all("%{x}" not in (trace.hovertemplate or "") for trace in figure.data)


def test_a_small_map_is_svg_and_a_larger_one_is_not():
    assert {
        trace["type"] for trace in marks_of(map_of(cloud(3_000), np.arange(9), palette=LIGHT))
    } == {"scatter"}
    assert {
        trace["type"] for trace in marks_of(map_of(cloud(3_001), np.arange(9), palette=LIGHT))
    } == {"scattergl"}


def test_the_axes_of_a_large_map_span_its_whole_picture():
    layout = map_of(cloud(30_000), np.arange(5), palette=LIGHT).layout
    (image,) = layout.images
    assert layout.xaxis.range == (image.x, pytest.approx(image.x + image.sizex))
    assert layout.yaxis.range == (pytest.approx(image.y - image.sizey), image.y)


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
@pytest.mark.parametrize("size", [10_000, 100_000])
def test_a_large_map_stays_below_300_kilobytes(size, colours):
    figure = map_of(
        cloud(size),
        np.arange(0, size, size // 3_000),
        colours=colours(size),
        matches=np.arange(0, size, 2),
        palette=LIGHT,
    )
    assert len(figure.to_json()) < 300_000


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
def test_play_verdicts_and_links_stay_below_300_kilobytes_together(colours):
    chosen, pairs = np.arange(0, 9_000, 3), np.column_stack([np.arange(200), np.arange(300, 500)])
    said = np.full(10_000, None)
    said[::20] = "keep"
    figure = map_of(
        cloud(10_000),
        chosen,
        colours=colours(10_000),
        verdicts=said,
        links=pairs,
        playable=True,
        palette=LIGHT,
    )
    assert len(figure.to_json()) < 300_000


def test_a_painted_map_marks_what_a_search_found_while_that_is_little():
    def circles(matches):
        return sorted(drawn(map_of(cloud(20_001), np.array([7]), matches=matches, palette=LIGHT)))

    assert (
        circles(np.array([7, 8, 30])) == [8, 30]
        and circles(None) == circles(np.arange(9_000)) == []
    )


@pytest.mark.parametrize("count", [700, 4_000])
def test_a_painted_map_always_shows_the_chosen(count):
    points = cloud(30_000)
    chosen = np.random.default_rng(1).choice(30_000, count, replace=False)
    points[chosen[0]] = [60.0, 60.0]  # alone in a corner
    figure = raster_map_of(points, chosen, matches=np.arange(10), palette=LIGHT)
    picture = picture_of(figure).reshape(HEIGHT * WIDTH, 4)
    blue = (picture == [0x00, 0x72, 0xB2, 0xFF]).all(axis=1)
    positions = pixels(points[chosen], frame_of(points))
    assert all(blue[positions + step].all() for step in (0, 1, WIDTH, WIDTH + 1))
    assert blue.sum() <= 4 * count


def test_a_painted_map_is_as_dark_as_it_is_full_and_clear_where_it_is_empty():
    points = np.array([[0, 0], *[[1, 1]] * 50, [2, 2]] + [[3, 0]], dtype=np.float32)
    picture = picture_of(raster_map_of(points, np.array([52]), palette=LIGHT)).reshape(-1, 4)
    alone, crowd, last = (picture[pixels(points[[row]], frame_of(points))[0]] for row in (0, 5, 51))
    assert 0 < alone[3] == last[3] < crowd[3] == 255
    assert (picture[:, 3] > 0).sum() == 3 + 4  # three pixels of the pool, one square


def test_a_painted_map_takes_the_colours_of_its_labels():
    points = np.array([[0, 0], [1, 1], [2, 0], [3, 3]], dtype=np.float32)
    figure = raster_map_of(points, np.array([3]), colours=["b", "a", "b", "b"], palette=DARK)
    picture = picture_of(figure).reshape(-1, 4)
    shades = [
        "#" + picture[pixel][:3].tobytes().hex().upper()
        for pixel in pixels(points, frame_of(points))[:3]
    ]
    assert shades == [DARK.categories[0], DARK.categories[1], DARK.categories[0]]
    assert [trace.name for trace in figure.data if trace.showlegend] == ["b", "a", "chosen"]


def test_a_painted_map_leaves_what_has_no_number_grey():
    points = np.array([[0, 0], [1, 1], [2, 0], [3, 3]], dtype=np.float32)
    picture = picture_of(
        raster_map_of(points, np.array([3]), colours=[1.0, np.nan, 5.0, 2.0], palette=LIGHT)
    ).reshape(-1, 4)
    low, none, high = (
        picture[pixel][:3].tobytes().hex().upper() for pixel in pixels(points, frame_of(points))[:3]
    )
    assert (f"#{low}", f"#{none}", f"#{high}") == (LIGHT.numbers[0], LIGHT.pool, LIGHT.numbers[-1])


@pytest.mark.parametrize("label", ["%{x}", "<b>x</b>", 'a "quoted" & b', "100 %"])
def test_a_label_of_the_data_is_spelt_and_never_a_template_or_markup(label):
    figure = map_of(
        np.zeros((4, 2), np.float32),
        np.array([0]),
        colours=[label, "b", label, "b"],
        colour_title=label,
        palette=LIGHT,
    )
    names = {trace.name for trace in figure.data} | {figure.layout.legend.title.text}
    assert label in {unescape(name) for name in names if name} and not [
        name for name in names if name and ("%{" in name or "<b>" in name)
    ]
