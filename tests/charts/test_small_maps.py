"""Small maps: the same pool once for each selection, and which example a mark stands for."""

import numpy as np
import pytest

from delift_core.charts.looks import looks_of
from delift_core.charts.palette import LIGHT
from delift_core.charts.small_maps import (
    POINTS_MOST,
    SHARED,
    SmallMaps,
    example_of,
    needs_picture,
    pool_picture,
    small_maps_figure,
)

POINTS = np.random.default_rng(0).normal(size=(40, 2))
CHOSEN = [np.array([3, 1, 7]), np.array([7, 9]), np.array([0, 1, 2, 3])]


def maps(picture=None, selected=None):
    looks = looks_of(["one", "two", "three"], LIGHT)
    names = [f"<e{index}>" for index in range(len(POINTS))]
    return SmallMaps(POINTS, CHOSEN, looks, names, picture, selected)


@pytest.mark.parametrize("picture", [None, "data:image/png;base64,"])
def test_every_mark_leads_to_its_example(picture):
    drawn = maps(picture)
    figure = small_maps_figure(drawn, LIGHT)
    for number, trace in enumerate(figure.data):
        for position, (x, y) in enumerate(zip(trace.x, trace.y, strict=True)):
            index = example_of(drawn, number, position)
            assert np.allclose(POINTS[index], (x, y), atol=1e-6)


def test_the_pool_is_points_or_one_picture_for_each_map():
    assert len(small_maps_figure(maps(), LIGHT).data) == 6
    figure = small_maps_figure(maps(pool_picture(POINTS, LIGHT)), LIGHT)
    assert len(figure.data) == 3 == len(figure.layout.images)
    assert {image.xref for image in figure.layout.images} == {"x", "x2", "x3"}
    assert needs_picture(np.zeros((POINTS_MOST + 1, 2))) and not needs_picture(POINTS)


def test_what_another_selection_holds_too_is_faint():
    marks = small_maps_figure(maps(), LIGHT).data[3:]
    alone = [[False, False, False], [False, True], [True, False, True, False]]
    for trace, expected in zip(marks, alone, strict=True):
        assert (np.isclose(trace.marker.opacity, 1) == expected).all()
        assert np.isclose(min(trace.marker.opacity), SHARED)


def test_the_open_example_has_a_ring_on_every_map_that_is_no_example_itself():
    drawn = maps(selected=9)
    figure = small_maps_figure(drawn, LIGHT)
    rings = [trace for trace in figure.data if trace.marker.symbol == "circle-open"]
    assert {trace.xaxis for trace in rings} == {"x", "x2", "x3"}
    assert all(np.allclose((trace.x[0], trace.y[0]), POINTS[9]) for trace in rings)
    assert example_of(drawn, len(figure.data) - 1, 0) is None


def test_axes_move_together_and_titles_and_names_are_no_markup():
    figure = small_maps_figure(maps(), LIGHT)
    assert figure.layout.xaxis2.matches == "x" and figure.layout.yaxis3.matches == "y"
    assert figure.data[3].text[0] == "&lt;e3&gt;"
    assert figure.layout.annotations[0].text == "<b>A · one</b>"
