"""Figures of groups and of single cells: readable numbers, names instead of positions, and no
markup of the data.
"""

import copy
import json

import numpy as np
import pytest

from delift_core.analysis.groups import GroupMeans
from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.matrices import group_figure, luminance
from delift_core.charts.palette import DARK, LIGHT

MARKUP = "<b>bold</b> <a href='x'>&"


def means(values, names=None):
    values = np.array(values, dtype=float)
    names = names or tuple(f"group {place}" for place in range(max(values.shape)))
    return GroupMeans(
        names[: len(values)], names[: values.shape[1]], values, np.where(np.isfinite(values), 3, 0)
    )


def test_every_scored_cell_carries_its_number_where_it_stands():
    cells, numbers = group_figure(means([[0.5, np.nan], [-0.25, 0.0]]), LIGHT).data
    assert (cells.zmin, cells.zmax) == (-0.5, 0.5)
    assert list(zip(numbers.y.tolist(), numbers.x.tolist(), numbers.text)) == [
        (0, 0, "0.500"),
        (1, 0, "-0.250"),
        (1, 1, "0.000"),
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_number_is_easy_to_read_on_its_colour(palette):
    from plotly.colors import hex_to_rgb, sample_colorscale

    line = np.linspace(-1, 1, 41)[None]
    inks = group_figure(means(line), palette).data[1].textfont.color
    for mean, ink in zip(line[0], inks, strict=True):
        shades = (
            sample_colorscale(palette.diverging, [(mean + 1) / 2], colortype="tuple")[0],
            tuple(part / 255 for part in hex_to_rgb(ink)),
        )
        low, high = sorted(map(luminance, shades))
        assert (high + 0.05) / (low + 0.05) >= 4


def test_luminance_is_that_of_wcag():
    assert luminance((0, 0, 0)) == 0 and luminance((1, 1, 1)) == pytest.approx(1)
    assert luminance((1, 0, 0)) == pytest.approx(0.2126) and luminance(
        (0.5, 0.5, 0.5)
    ) == pytest.approx(0.2140, abs=1e-4)


@pytest.mark.parametrize("values", [[[0.0]], [[np.nan]], np.zeros((12, 12))])
def test_a_matrix_of_nothing_is_a_figure_all_the_same(values):
    assert group_figure(means(values), LIGHT).data[0].zmax == 1


def figures():
    names = (MARKUP, "plain", "z")
    yield group_figure(means(np.eye(3) / 3, names), DARK)
    yield heatmap_exact(KernelPart(np.eye(3), np.arange(3), np.arange(3), names, names), 1.0, LIGHT)


@pytest.mark.parametrize("figure", figures(), ids=["groups", "exact"])
def test_names_are_no_markup_and_a_copy_has_the_same_description(figure):
    written = figure.to_json()
    assert (
        "<b>bold" not in json.loads(written)["layout"]["xaxis"]["ticktext"][0]
        and "<a href" not in written
    )
    assert copy.deepcopy(figure).to_json() == written


def test_cells_are_named_by_the_ids_of_their_examples_on_the_axes_and_under_the_mouse():
    ids = [f"id-{place}" for place in range(30)]
    names = ["one", "a name that is much too long"]
    part = KernelPart(np.zeros((30, 2)), np.arange(30), np.arange(2), ids, names)
    axis = heatmap_exact(part, 1.0, LIGHT).layout
    assert (
        list(axis.yaxis.ticktext) == [f"id-{place}" for place in axis.yaxis.tickvals]
        and len(axis.yaxis.tickvals) == 10
    )
    assert axis.yaxis.labelalias == {str(place): id for place, id in enumerate(ids)}
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
