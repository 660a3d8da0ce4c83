"""Figures: small, deterministic, every mark leads back to its example, and no text of the data is markup."""

import base64
import copy
import io
import json
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from delift_core.inspection.colouring import OTHER, categories, colouring
from delift_core.inspection.figures import DARK, LIGHT, curve_figure, heatmap_exact, heatmap_overview, map_figure, raster_map_figure
from delift_core.inspection.painting import HEIGHT, WIDTH, frame_of, pixels

MARKUP = "<b>bold</b> <a href='http://x'>&"


def cloud(size, seed=0):
    """Places in a few groups."""
    rng = np.random.default_rng(seed)
    return (rng.normal(size=(6, 2))[rng.integers(6, size=size)] * 5 + rng.normal(size=(size, 2))).astype(np.float32)


def decoded(value):
    """An array of a figure's JSON, typed bytes or a list."""
    return np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"]).tolist() if isinstance(value, dict) else list(value)


def drawn(figure, symbol=None):
    """The examples a figure draws, bottom to top, of all marks or of one symbol."""
    traces = json.loads(figure.to_json())["data"]
    return [index for trace in traces if "customdata" in trace and trace["marker"].get("symbol") == symbol
            for index in decoded(trace["customdata"])]


def texts(part):
    """Every text anywhere in a figure's JSON."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, (dict, list)):
        for inner in part.values() if isinstance(part, dict) else part:
            yield from texts(inner)


def picture_of(figure):
    """The painted map as (rows, columns, red green blue alpha)."""
    encoded = figure.layout.images[0].source.removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGBA"))


COLOURS = {"none": lambda size: None, "labels": lambda size: [f"topic {row % 12}" for row in range(size)],
           "numbers": lambda size: np.arange(size) / 7.0, "gaps": lambda size: np.where(np.arange(size) % 3, np.arange(size), np.nan)}


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
@pytest.mark.parametrize("matches", [None, np.array([3, 4, 20])], ids=["all", "search"])
def test_every_example_is_drawn_once_and_the_chosen_on_top(colours, matches):
    chosen = np.array([20, 3, 11])
    figure = map_figure(cloud(60), chosen, colours=colours(60), matches=matches, palette=LIGHT)
    circles, diamonds = drawn(figure), drawn(figure, "diamond")
    assert sorted(circles) == sorted(set(range(60)) - set(chosen.tolist()))
    assert sorted(diamonds) == [3, 11, 20]
    assert figure.data[-1].marker.symbol == "diamond"


@settings(deadline=None)
@given(st.integers(1, 40), st.data())
def test_a_mark_stands_where_its_example_does(size, data):
    points = cloud(size)
    points[sorted(data.draw(st.sets(st.integers(0, size - 1), max_size=3)))] = np.nan
    for trace in json.loads(map_figure(points, np.array([size - 1]), palette=DARK).to_json())["data"]:
        places = np.column_stack([decoded(trace["x"]), decoded(trace["y"])])
        assert (places == points[decoded(trace["customdata"])]).all()


def test_what_a_search_did_not_find_is_faint_and_below_the_rest():
    figure = map_figure(cloud(30), np.array([1, 2]), matches=np.array([2, 5]), palette=LIGHT)
    faint, lit, faint_chosen, lit_chosen = [(trace.marker.opacity, sorted(trace.customdata)) for trace in figure.data]
    assert lit[1] == [5] and lit_chosen[1] == [2] and faint_chosen[1] == [1]
    assert faint[0] < 0.3 < lit[0] and faint_chosen[0] < 0.3


def test_an_example_without_a_place_is_not_drawn_and_wears_no_ring():
    points = cloud(10)
    points[4] = np.nan
    figure = map_figure(points, np.array([4, 5]), selected=4, palette=LIGHT)
    assert 4 not in drawn(figure) + drawn(figure, "diamond")
    rings = [[trace.name for trace in one.data].count("selected") for one in (figure, map_figure(points, np.array([4, 5]), selected=5, palette=LIGHT))]
    assert rings == [0, 1]


@pytest.mark.parametrize("size", [50, 3_500, 20_500])
def test_no_text_of_the_data_is_markup_in_any_map(size):
    labels = [MARKUP if row % 2 else f"{MARKUP} {row % 20}" for row in range(size)]
    figure = map_figure(cloud(size), np.arange(4), colours=labels, colour_title=MARKUP, palette=LIGHT)
    found = list(texts(json.loads(figure.to_json())))
    assert any("&lt;b&gt;bold" in text for text in found)
    assert not any("<b>" in text or "<a " in text for text in found)


def test_a_label_that_looks_like_a_place_holder_stays_out_of_the_hover_text():
    figure = map_figure(cloud(6), np.array([0]), colours=["%{x}"] * 6, palette=LIGHT)
    assert all("%{x}" not in (trace.hovertemplate or "") for trace in figure.data)


def test_a_small_map_is_svg_and_a_larger_one_is_not():
    assert {trace.type for trace in map_figure(cloud(3_000), np.arange(9), palette=LIGHT).data} == {"scatter"}
    assert {trace.type for trace in map_figure(cloud(3_001), np.arange(9), palette=LIGHT).data} == {"scattergl"}


@pytest.mark.parametrize("colours", COLOURS.values(), ids=COLOURS)
@pytest.mark.parametrize("size", [10_000, 100_000])
def test_a_large_map_stays_below_300_kilobytes(size, colours):
    figure = map_figure(cloud(size), np.arange(0, size, size // 3_000), colours=colours(size), matches=np.arange(0, size, 2), palette=LIGHT)
    assert len(figure.to_json()) < 300_000


@pytest.mark.parametrize("count", [700, 4_000])
def test_a_painted_map_always_shows_the_chosen(count):
    points = cloud(30_000)
    chosen = np.random.default_rng(1).choice(30_000, count, replace=False)
    points[chosen[0]] = [60.0, 60.0]                                         # alone in a corner
    figure = raster_map_figure(points, chosen, matches=np.arange(10), palette=LIGHT)
    picture = picture_of(figure).reshape(HEIGHT * WIDTH, 4)
    blue = (picture == [0x00, 0x72, 0xB2, 0xFF]).all(axis=1)
    places = pixels(points[chosen], frame_of(points))
    assert all(blue[places + step].all() for step in (0, 1, WIDTH, WIDTH + 1))
    assert blue.sum() <= 4 * count


def test_a_painted_map_is_as_dark_as_it_is_full_and_clear_where_it_is_empty():
    points = np.array([[0, 0], *[[1, 1]] * 50, [2, 2]] + [[3, 0]], dtype=np.float32)
    picture = picture_of(raster_map_figure(points, np.array([52]), palette=LIGHT)).reshape(-1, 4)
    alone, crowd, last = (picture[pixels(points[[row]], frame_of(points))[0]] for row in (0, 5, 51))
    assert 0 < alone[3] == last[3] < crowd[3] == 255
    assert (picture[:, 3] > 0).sum() == 3 + 4                                # three places of the pool, one square


def test_a_painted_map_takes_the_colours_of_its_labels():
    points = np.array([[0, 0], [1, 1], [2, 0], [3, 3]], dtype=np.float32)
    figure = raster_map_figure(points, np.array([3]), colours=["b", "a", "b", "b"], palette=DARK)
    picture = picture_of(figure).reshape(-1, 4)
    shades = ["#" + picture[place][:3].tobytes().hex().upper() for place in pixels(points, frame_of(points))[:3]]
    assert shades == [DARK.categories[0], DARK.categories[1], DARK.categories[0]]
    assert [trace.name for trace in figure.data if trace.showlegend] == ["b", "a", "chosen"]


def test_a_painted_map_leaves_what_has_no_number_grey():
    points = np.array([[0, 0], [1, 1], [2, 0], [3, 3]], dtype=np.float32)
    picture = picture_of(raster_map_figure(points, np.array([3]), colours=[1.0, np.nan, 5.0, 2.0], palette=LIGHT)).reshape(-1, 4)
    low, none, high = (picture[place][:3].tobytes().hex().upper() for place in pixels(points, frame_of(points))[:3])
    assert (f"#{low}", f"#{none}", f"#{high}") == (LIGHT.numbers[0], LIGHT.pool, LIGHT.numbers[-1])


def test_box_and_lasso_work_on_pictures_and_heatmaps_because_a_trace_of_marks_is_there():
    painted = map_figure(cloud(20_001), np.zeros(0, int), palette=LIGHT)
    overview = heatmap_overview(np.zeros((3, 3)), np.arange(4), np.arange(4), 1.0, LIGHT)
    assert [trace.type for trace in painted.data] == ["scatter"] and painted.layout.dragmode == "lasso"
    assert "scatter" in [trace.type for trace in overview.data] and overview.layout.dragmode == "select"


def figures():
    """One of each kind."""
    values = np.array([[0.5, np.nan], [-0.25, 0.0]], dtype=np.float32)
    ranks, shares = np.arange(4), np.array([0, 0.6, 0.9, 1.0])
    yield map_figure(cloud(20), np.arange(3), colours=COLOURS["labels"](20), selected=2, palette=LIGHT)
    yield map_figure(cloud(20), np.arange(3), colours=COLOURS["gaps"](20), palette=DARK)
    yield raster_map_figure(cloud(50), np.arange(3), palette=LIGHT)
    yield curve_figure(ranks, shares, (shares - 0.1, shares), budget=2, knee=1, palette=LIGHT)
    yield heatmap_overview(values, np.arange(3), np.arange(3), 0.5, DARK)
    yield heatmap_exact(values, np.array([7, 8]), np.array([5, 6]), 0.5, LIGHT)


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.layout.uirevision)
def test_a_copy_of_a_figure_has_the_same_description(figure):
    assert copy.deepcopy(figure).to_json() == figure.to_json() == pickle.loads(pickle.dumps(figure)).to_json()
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_the_curve_marks_the_budget_and_the_knee_with_rows_and_share():
    ranks, shares = np.array([0, 10, 20]), np.array([0.0, 0.8, 1.0])
    figure = curve_figure(ranks, shares, None, budget=15, knee=10, palette=LIGHT)
    assert [trace.name for trace in figure.data] == ["selection", "budget: 15 rows, 90.0%", "knee: 10 rows, 80.0%"]
    assert figure.layout.shapes[0].x0 == 15
    assert len(curve_figure(ranks, shares, None, budget=15, knee=None, palette=LIGHT).data) == 2


def test_the_band_of_random_orders_is_filled_between_its_two_curves():
    ranks = np.array([0, 10, 20])
    figure = curve_figure(ranks, ranks / 20, (ranks / 40, ranks / 30), budget=10, knee=None, palette=DARK)
    lowest, highest = figure.data[:2]
    assert highest.fill == "tonexty" and (highest.y >= lowest.y).all()
    assert "lowest to highest" in highest.name


def test_a_block_reaches_from_half_before_its_first_position_to_half_after_its_last():
    figure = heatmap_overview(np.zeros((2, 3)), np.array([0, 4, 9]), np.array([0, 2, 5, 7]), 1.0, LIGHT)
    assert figure.data[0].x.tolist() == [-0.5, 1.5, 4.5, 6.5] and figure.data[0].y.tolist() == [-0.5, 3.5, 8.5]
    assert list(figure.layout.xaxis.range) == [-0.5, 6.5] and list(figure.layout.yaxis.range) == [8.5, -0.5]


def test_the_colours_of_a_kernel_part_at_zero_and_say_where_they_end():
    cells = heatmap_overview(np.zeros((2, 2)), np.arange(3), np.arange(3), 0.125, LIGHT).data[0]
    assert (cells.zmin, cells.zmax) == (-0.125, 0.125) and "±0.125" in cells.colorbar.title.text
    assert cells.colorscale[2] == (0.5, "#FFFFFF")


def test_the_overview_of_a_large_kernel_stays_below_a_megabyte():
    edges = np.linspace(0, 5_000, 321).astype(int)
    values = np.random.default_rng(0).normal(size=(320, 320)).astype(np.float32)
    assert len(heatmap_overview(values, edges, edges, 1.0, LIGHT).to_json()) < 1_000_000


def test_every_exact_cell_answers_a_click_with_its_two_examples():
    values = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, 0.6]], dtype=np.float32)
    buttons = json.loads(heatmap_exact(values, np.array([70, 80]), np.array([5, 6, 7]), 1.0, LIGHT).to_json())["data"][1]
    pairs = np.reshape(decoded(buttons["customdata"]), (-1, 2)).tolist()
    cells = {(x, y): tuple(pair) for x, y, pair in zip(decoded(buttons["x"]), decoded(buttons["y"]), pairs, strict=True)}
    assert cells == {(0, 0): (70, 5), (1, 0): (70, 6), (2, 0): (70, 7), (0, 1): (80, 5), (1, 1): (80, 6), (2, 1): (80, 7)}


def test_labels_are_the_most_frequent_eight_and_the_rest():
    found = categories(["z"] + [label for place, label in enumerate("abcdefgh") for _ in range(9 - place)])
    assert found.labels == (*"abcdefgh", OTHER)
    assert found.values[0] == 8 and found.values[1] == 0


def test_numbers_are_a_scale_and_truth_values_are_labels():
    assert colouring([1, 2, 3]).numeric and colouring(np.array([0.5, np.nan])).numeric
    assert colouring([True, False, True]).labels == ("True", "False")
    assert colouring(["1", "2", "2"]).labels == ("2", "1")


def test_the_scale_of_numbers_ends_before_the_extremes():
    low, high = colouring([0.0] * 3 + [1.0] * 95 + [1_000.0]).ends
    assert (low, high) == (0.0, 1.0)
    assert colouring(np.array([np.nan, np.nan])).ends == (0.0, 1.0)
    assert colouring([4.0, 4.0]).ends == (4.0, 5.0)
