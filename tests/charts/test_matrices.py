"""Figures of groups: readable numbers, names instead of positions."""

import numpy as np
import pytest

from delift_core.charts.matrices import group_figure, luminance
from delift_core.charts.palette import DARK, LIGHT
from tests.charts.conftest import matrix


def test_every_scored_cell_carries_its_number_where_it_stands():
    cells, numbers = group_figure(matrix([[0.5, np.nan], [-0.25, 0.0]]), LIGHT).data
    assert (cells.zmin, cells.zmax) == (-0.5, 0.5)
    assert list(zip(numbers.y.tolist(), numbers.x.tolist(), numbers.text)) == [
        (0, 0, "0.500"),
        (1, 0, "−0.250"),
        (1, 1, "0.000"),
    ]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_number_is_easy_to_read_on_its_colour(palette):
    from plotly.colors import hex_to_rgb, sample_colorscale

    line = np.linspace(-1, 1, 41)[None]
    inks = group_figure(matrix(line), palette).data[1].textfont.color
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
    assert group_figure(matrix(values), LIGHT).data[0].zmax == 1
