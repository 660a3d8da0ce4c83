"""The figures of a kernel: blocks where they belong, names, and what a click brings back."""

import json

import numpy as np
import pytest

from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.palette import LIGHT
from tests.charts.conftest import decoded


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


def test_cells_are_named_by_the_ids_of_their_examples_on_the_axes_and_under_the_mouse():
    ids = [f"id-{index}" for index in range(30)]
    names = ["one", "a name that is much too long"]
    part = KernelPart(np.zeros((30, 2)), np.arange(30), np.arange(2), ids, names)
    axis = heatmap_exact(part, 1.0, LIGHT).layout
    assert (
        list(axis.yaxis.ticktext) == [f"id-{index}" for index in axis.yaxis.tickvals]
        and len(axis.yaxis.tickvals) == 10
    )
    assert axis.yaxis.labelalias == {str(index): id for index, id in enumerate(ids)}
    assert axis.xaxis.labelalias == {"0": "one", "1": "a name that is mu…"}


def test_positions_of_the_overview_are_counted_from_1():
    axis = heatmap_overview(
        np.zeros((4, 4)), np.arange(0, 50, 10), np.arange(0, 5), 1.0, LIGHT
    ).layout
    assert (
        [int(text) - 1 for text in axis.yaxis.ticktext]
        == axis.yaxis.tickvals.tolist()
        == [0, 5, 10, 15, 20, 25, 30, 35]
    )
    assert list(axis.xaxis.ticktext) == ["1", "2", "3", "4"]
