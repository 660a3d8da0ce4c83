"""The figures of a kernel: blocks where they belong, names, and what the pointer says."""

import numpy as np
import pytest

from delift_core.charts.figure_layout import CLEAR
from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.palette import LIGHT


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


def said(figure):
    """(row, column) -> what the pointer says over a cell, and the number in it."""
    told = {}
    for layer in figure.data:
        if layer.type == "heatmap":
            sentence = layer.hovertemplate.split("<br>")[2].removesuffix("<extra></extra>")
            for cell in zip(*np.nonzero(np.isfinite(layer.z)), strict=True):
                told[tuple(map(int, cell))] = sentence, pytest.approx(float(layer.z[cell]))
    return told


def test_a_cell_says_its_utility_and_one_that_could_not_be_scored_that():
    values = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, 0.6]], dtype=np.float32)
    found = said(heatmap_exact(KernelPart(values, "ab", "cde"), 1.0, LIGHT))
    assert len(found) == 6
    assert found[1, 1][0] == "nothing could be scored"
    assert found[1, 2] == ("utility %{z}", 0.6)


def test_a_cell_that_was_left_out_stays_open_and_says_what_it_counts_as():
    values = np.array([[0.1, np.nan, np.nan], [np.nan, np.nan, 0.6]], dtype=np.float32)
    left_out = np.ma.array(
        [[9, 0.1, 0.1], [np.nan, 9, np.nan]], mask=[[True, False, False], [False, True, True]]
    )
    figure = heatmap_exact(KernelPart(values, "ab", "cde", left_out), 1.0, LIGHT)
    found = said(figure)
    # no colour, neither that of zero nor that of the number
    assert np.isnan(figure.data[0].z[0, 1])
    assert {shade for layer in figure.data[1:-1] for _, shade in layer.colorscale} == {CLEAR}
    assert found[0, 1] == ("not scored: inferred %{z} from its row", 0.1)
    assert found[1, 0][0] == "not scored: its row was not sampled"
    assert found[1, 1][0] == "nothing could be scored"
    assert found[0, 0][0] == found[1, 2][0] == "utility %{z}"


def test_cells_are_named_by_the_ids_of_their_examples_on_the_axes_and_under_the_mouse():
    ids = [f"id-{index}" for index in range(30)]
    names = ["one", "a name that is much too long"]
    part = KernelPart(np.zeros((30, 2)), ids, names)
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
