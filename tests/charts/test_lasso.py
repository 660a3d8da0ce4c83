"""Lasso and box: exactly the points a slow walk round the outline finds."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.charts.lasso import (
    indices_in,
    inside_box,
    inside_lasso,
    nearest_in_reach,
    spans_in,
)

# a coarse grid: points on edges and corners are common
PLACES = st.integers(-8, 8).map(lambda value: value / 4)
OUTLINES = st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=9)
CLOUDS = st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=40)


def walked(x, y, outline):
    """The twin: one point, one edge after another."""
    within = False
    for (xa, ya), (xb, yb) in zip(outline, outline[1:] + outline[:1], strict=True):
        if (ya > y) != (yb > y) and x < xa + (y - ya) * (xb - xa) / (yb - ya):
            within = not within
    return within


@settings(deadline=None)
@given(CLOUDS, OUTLINES)
def test_the_points_inside_an_outline_are_those_found_one_at_a_time(cloud, outline):
    points = np.array(cloud, dtype=np.float32)
    assert inside_lasso(points, *zip(*outline, strict=True)).tolist() == [
        walked(x, y, outline) for x, y in cloud
    ]


def test_an_outline_that_crosses_itself_has_a_hole_where_it_goes_round_twice():
    star = [(np.cos(angle), np.sin(angle)) for angle in np.arange(5) * 4 * np.pi / 5]
    # the middle, an arm, between two arms
    points = np.array([[0.0, 0.0], [0.7, 0.0], [0.0, 0.9]], dtype=np.float32)
    assert inside_lasso(points, *zip(*star, strict=True)).tolist() == [False, True, False]


@settings(deadline=None)
@given(CLOUDS, PLACES, PLACES, PLACES, PLACES)
def test_a_box_holds_its_border_whichever_corner_comes_first(cloud, x0, x1, y0, y1):
    points = np.array(cloud, dtype=np.float32)
    expected = [
        min(x0, x1) <= x <= max(x0, x1) and min(y0, y1) <= y <= max(y0, y1) for x, y in cloud
    ]
    assert inside_box(points, [x0, x1], [y0, y1]).tolist() == expected


def test_a_selection_is_the_union_of_its_boxes_and_lassos():
    points = np.array([[0, 0], [1, 1], [2, 2], [3, 3], [9, 9]], dtype=np.float32)
    selection = {
        "points": [],
        "box": [{"x": [0.5, 1.5], "y": [1.5, 0.5]}, {"x": [0.9, 2.1], "y": [0.9, 2.1]}],
        "lasso": [{"x": [2.5, 3.5, 3.5, 2.5], "y": [2.5, 2.5, 3.5, 3.5]}],
    }
    assert indices_in(selection, points).tolist() == [1, 2, 3]
    assert indices_in({"points": [], "box": [], "lasso": []}, points).tolist() == []
    assert indices_in({}, points).tolist() == []


def test_an_example_without_a_position_is_in_nothing():
    points = np.array([[np.nan, np.nan], [0.0, 0.0], [np.nan, 0.0]], dtype=np.float32)
    wide = {
        "box": [{"x": [-5, 5], "y": [-5, 5]}],
        "lasso": [{"x": [-5, 5, 5, -5], "y": [-5, -5, 5, 5]}],
    }
    assert indices_in(wide, points).tolist() == [1]


def test_a_box_on_a_heatmap_is_the_cells_it_touches():
    shape = (10, 20)
    assert spans_in({"box": [{"x": [2.6, 5.4], "y": [1.4, -0.4]}]}, shape) == (
        slice(0, 2),
        slice(3, 6),
    )
    assert spans_in({"box": [{"x": [-9, 99], "y": [-9, 99]}]}, shape) == (
        slice(0, 10),
        slice(0, 20),
    )
    assert spans_in({"box": [{"x": [0, 1], "y": [0, 1]}, {"x": [7, 7], "y": [4, 4]}]}, shape) == (
        slice(4, 5),
        slice(7, 8),
    )


def test_no_box_or_one_beside_the_heatmap_is_no_part_of_it():
    assert spans_in({"box": []}, (3, 3)) is None
    assert spans_in({"box": [{"x": [5, 9], "y": [0, 1]}]}, (3, 3)) is None


def test_the_nearest_point_is_measured_in_reaches_of_either_axis():
    points = np.array([[0.0, 0.0], [3.0, 0.0], [np.nan, 0.0], [0.0, 9.0]])
    assert nearest_in_reach(points, (0, 5), (1, 10)) == 3  # 0.4 reaches, the first 0.5
    assert nearest_in_reach(points, (1.5, 0), (2, 1)) == 0  # the lower index of two at 0.75
    assert nearest_in_reach(points, (6, 0), (2, 2)) is None
    assert nearest_in_reach(points[:0], (0, 0), (1, 1)) is None
