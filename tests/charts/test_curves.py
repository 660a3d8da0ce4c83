"""Figures: small, deterministic, every mark leads back to its example, and no text of the data is
markup.
"""

import copy
import json
import pickle

import numpy as np
import pytest

from delift_core.charts.colouring import OTHER, categories, colouring
from delift_core.charts.curves import curve_figure
from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.palette import DARK, LIGHT
from tests.charts.conftest import COLOURS, cloud, decoded, map_of, raster_map_of


def test_box_and_lasso_work_on_pictures_and_heatmaps_because_a_trace_of_marks_is_there():
    painted = map_of(cloud(20_001), np.zeros(0, int), palette=LIGHT)
    overview = heatmap_overview(np.zeros((3, 3)), np.arange(4), np.arange(4), 1.0, LIGHT)
    assert {trace.type for trace in painted.data} == {
        "scatter"
    } and painted.layout.dragmode == "lasso"
    assert (
        "scatter" in [trace.type for trace in overview.data]
        and overview.layout.dragmode == "select"
    )


def figures():
    """One of each kind."""
    values = np.array([[0.5, np.nan], [-0.25, 0.0]], dtype=np.float32)
    ranks, shares = np.arange(4), np.array([0, 0.6, 0.9, 1.0])
    yield map_of(cloud(20), np.arange(3), colours=COLOURS["labels"](20), selected=2, palette=LIGHT)
    yield map_of(cloud(20), np.arange(3), colours=COLOURS["gaps"](20), palette=DARK)
    yield raster_map_of(cloud(50), np.arange(3), palette=LIGHT)
    yield curve_figure(ranks, shares, (shares - 0.1, shares), budget=2, knee=1, palette=LIGHT)
    yield heatmap_overview(values, np.arange(3), np.arange(3), 0.5, DARK)
    yield heatmap_exact(
        KernelPart(values, np.array([7, 8]), np.array([5, 6]), "ab", "cd"), 0.5, LIGHT
    )


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.layout.uirevision)
def test_a_copy_of_a_figure_has_the_same_description(figure):
    assert (
        copy.deepcopy(figure).to_json()
        == figure.to_json()
        == pickle.loads(pickle.dumps(figure)).to_json()
    )
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def test_the_curve_marks_the_budget_and_the_knee_with_rows_and_share():
    ranks, shares = np.array([0, 10, 20]), np.array([0.0, 0.8, 1.0])
    figure = curve_figure(ranks, shares, None, budget=15, knee=10, palette=LIGHT)
    assert [trace.name for trace in figure.data] == [
        "selection",
        "budget: 15 rows, 90.0%",
        "knee: 10 rows, 80.0%",
    ]
    assert figure.layout.shapes[0].x0 == 15
    assert len(curve_figure(ranks, shares, None, budget=15, knee=None, palette=LIGHT).data) == 2


def test_the_band_of_random_orders_is_filled_between_its_two_curves():
    ranks = np.array([0, 10, 20])
    figure = curve_figure(
        ranks, ranks / 20, (ranks / 40, ranks / 30), budget=10, knee=None, palette=DARK
    )
    lowest, highest = figure.data[:2]
    assert highest.fill == "tonexty" and (highest.y >= lowest.y).all()
    assert "lowest to highest" in highest.name


def test_a_block_reaches_from_half_before_its_first_position_to_half_after_its_last():
    figure = heatmap_overview(
        np.zeros((2, 3)), np.array([0, 4, 9]), np.array([0, 2, 5, 7]), 1.0, LIGHT
    )
    assert figure.data[0].x.tolist() == [-0.5, 1.5, 4.5, 6.5] and figure.data[0].y.tolist() == [
        -0.5,
        3.5,
        8.5,
    ]
    assert list(figure.layout.xaxis.range) == [-0.5, 6.5] and list(figure.layout.yaxis.range) == [
        8.5,
        -0.5,
    ]


def test_the_colours_of_a_kernel_part_at_zero_and_say_where_they_end():
    cells = heatmap_overview(np.zeros((2, 2)), np.arange(3), np.arange(3), 0.125, LIGHT).data[0]
    assert (cells.zmin, cells.zmax) == (-0.125, 0.125) and "±0.125" in cells.colorbar.title.text
    assert cells.colorscale[2] == (0.5, "#FFFFFF")


def test_the_overview_of_a_large_kernel_stays_below_a_megabyte():
    edges = np.linspace(0, 5_000, 321).astype(int)
    values = np.random.default_rng(0).normal(size=(320, 320)).astype(np.float32)
    assert len(heatmap_overview(values, edges, edges, 1.0, LIGHT).to_json()) < 1_000_000


def buttons(figure):
    """What the pointer says over each cell, and the pair that a click there brings back."""
    for trace in json.loads(figure.to_json())["data"][1:]:
        pairs = np.reshape(decoded(trace["customdata"]), (-1, 2)).tolist()
        yield from (
            (
                (x, y),
                (
                    tuple(pair),
                    trace["hovertemplate"].split("<br>")[2].removesuffix("<extra></extra>"),
                    number,
                ),
            )
            for x, y, pair, number in zip(
                decoded(trace["x"]),
                decoded(trace["y"]),
                pairs,
                decoded(trace["marker"]["color"]),
                strict=True,
            )
        )


def test_every_exact_cell_answers_a_click_with_its_two_examples():
    values = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, 0.6]], dtype=np.float32)
    part = KernelPart(values, np.array([70, 80]), np.array([5, 6, 7]), "ab", "cde")
    found = dict(buttons(heatmap_exact(part, 1.0, LIGHT)))
    assert {cell: pair for cell, (pair, _, _) in found.items()} == {
        (0, 0): (70, 5),
        (1, 0): (70, 6),
        (2, 0): (70, 7),
        (0, 1): (80, 5),
        (1, 1): (80, 6),
        (2, 1): (80, 7),
    }
    assert found[1, 1][1] == "nothing could be scored" and found[2, 1][1:] == (
        "utility %{marker.color:.4f}",
        pytest.approx(0.6),
    )


def test_a_cell_that_was_left_out_stays_open_and_says_what_it_counts_as():
    values = np.array([[0.1, np.nan, np.nan], [np.nan, np.nan, 0.6]], dtype=np.float32)
    left_out = np.ma.array(
        [[9, 0.1, 0.1], [np.nan, 9, np.nan]], mask=[[True, False, False], [False, True, True]]
    )
    part = KernelPart(values, np.arange(2), np.arange(3), "ab", "cde", left_out)
    figure = heatmap_exact(part, 1.0, LIGHT)
    found = {cell: told for cell, (_, *told) in buttons(figure)}
    # no colour, neither that of zero nor that of the number
    assert np.isnan(figure.data[0].z[0, 1])
    assert found[1, 0] == [
        "not scored: inferred %{marker.color:.4f} from its row",
        pytest.approx(0.1),
    ]
    assert found[0, 1][0] == "not scored: its row was not sampled"
    assert (
        found[1, 1][0] == "nothing could be scored"
        and found[0, 0][0] == found[2, 1][0] == "utility %{marker.color:.4f}"
    )


def test_labels_are_the_most_frequent_eight_and_the_rest():
    found = categories(
        ["z"] + [label for place, label in enumerate("abcdefgh") for _ in range(9 - place)]
    )
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
