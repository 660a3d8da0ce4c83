"""Figures of a validation: every model a mark, every interval a line, better ones to the left."""

import numpy as np
import pytest

from delift_core.charts.arms import arms_figure, arms_in_order
from delift_core.charts.group_effects import group_effects_figure
from delift_core.charts.growth import growth_figure
from delift_core.charts.intervals import intervals_figure
from delift_core.charts.palette import LIGHT
from delift_core.validation.arms import (
    RANDOM,
    UNTUNED,
    WHOLE_AT_EQUAL_EPOCHS,
    WHOLE_AT_EQUAL_STEPS,
)
from delift_core.validation.evidence import Evidence
from delift_core.validation.group_matrix import GroupMatrix
from delift_core.validation.growth import Growth, GrowthPoint
from delift_core.validation.statistics import Difference, Losses

WHOLE = (WHOLE_AT_EQUAL_STEPS, WHOLE_AT_EQUAL_EPOCHS)


def losses(*means):
    """One model for each mean, measured on two examples."""
    return Losses(np.array([[[mean - 0.1, mean + 0.1]] for mean in means]))


def evidence(untuned):
    """Evidence of a selection beside three random ones."""
    arms = {
        UNTUNED: losses(untuned),
        RANDOM: losses(1.0, 1.2, 1.1),
        "mine": losses(0.9, 0.95),
        **{name: losses(0.8) for name in WHOLE},
    }
    return Evidence("mine", np.arange(2), arms, {}, {}, {}, {}, 0.1)


def titles(found):
    return {name: f"<{name}>" for name in found.losses}


def difference(mean, low, high):
    return Difference(np.array([mean]), low, high, 0.1, 0.1)


def test_every_tuned_model_is_a_mark_and_the_validated_arm_is_on_top():
    found = evidence(1.5)
    figure = arms_figure(found, titles(found), LIGHT)
    assert arms_in_order(found) == ["mine", RANDOM, *WHOLE]
    marks = figure.data[3 : 3 + 4]
    assert np.allclose(marks[0].x, [0.9, 0.95]) and marks[0].marker.color == LIGHT.chosen
    assert np.allclose(marks[1].x, [1.0, 1.2, 1.1])
    assert figure.layout.yaxis.ticktext[0] == "&lt;mine&gt;"


def test_the_band_reaches_from_the_lowest_to_the_highest_random_selection():
    found = evidence(1.5)
    (band,) = arms_figure(found, titles(found), LIGHT).layout.shapes
    assert np.allclose((band.x0, band.x1), (1.0, 1.2))


@pytest.mark.parametrize(("untuned", "is_outside"), [(1.3, False), (9.0, True), (-9.0, True)])
def test_an_untuned_model_far_away_is_told_at_the_edge(untuned, is_outside):
    found = evidence(untuned)
    figure = arms_figure(found, titles(found), LIGHT)
    low, high = figure.layout.xaxis.range
    assert (low <= untuned <= high) != is_outside
    assert [f"{untuned:.3f}" in note.text for note in figure.layout.annotations] == [True] * (
        is_outside
    )


def test_shape_and_colour_tell_better_worse_and_not_detected():
    differences = {
        "better": difference(-0.2, -0.3, -0.1),
        "worse": difference(0.2, 0.1, 0.3),
        "neither": difference(-0.2, -0.5, 0.1),
    }
    marks = intervals_figure(differences, "nats", LIGHT).data
    assert [mark.marker.symbol for mark in marks] == [
        "triangle-left",
        "triangle-right",
        "circle-open",
    ]
    assert len({mark.marker.color for mark in marks}) == 3
    low = marks[2].x[0] - marks[2].error_x.arrayminus[0]
    high = marks[2].x[0] + marks[2].error_x.array[0]
    assert np.allclose((low, high), (-0.5, 0.1))


def test_growth_has_a_line_over_a_band_for_each_arm_of_a_group():
    def point(arm, budget, rows, group, *runs):
        return GrowthPoint(arm, budget, rows, group, np.array(runs), difference(0, 0, 0), None)

    points = [
        point("mine", "5%", 4, None, 1.0, 1.2),
        point("mine", "5%", 4, "sums", 2.0, 2.2),
        point("mine", "20%", 16, "sums", 1.5, 1.9),
        point(RANDOM, "5%", 4, "sums", 2.3, 2.5),
        point(RANDOM, "20%", 16, "sums", 2.1, 2.3),
    ]
    growth = Growth(np.arange(3), {None: 3.0, "sums": 3.5}, points)
    figure = growth_figure(growth, "sums", {"mine": "Mine", RANDOM: "Random"}, LIGHT)
    low, high, line, *others = figure.data
    assert np.allclose(low.y, [2.0, 1.5]) and np.allclose(high.y, [2.2, 1.9])
    assert np.allclose(line.y, [2.1, 1.7]) and line.x.tolist() == [4, 16]
    assert len(others) == 3 and figure.layout.shapes[0].y0 == 3.5


def test_numbers_of_groups_on_groups_stand_in_brackets_where_nothing_is_detected():
    differences = {
        ("a", "a"): difference(-0.5, -0.6, -0.4),
        ("a", "b"): difference(0.1, -0.1, 0.3),
        ("b", "a"): difference(0.2, 0.1, 0.3),
        ("b", "b"): difference(-0.4, -0.5, -0.3),
    }
    matrix = GroupMatrix(
        ["a", "b"],
        ["a", "b"],
        np.array([[1.5, 3.1], [2.2, 2.6]]),
        np.array([2.0, 3.0]),
        differences,
    )
    cells, numbers = group_effects_figure(matrix, LIGHT).data
    assert list(numbers.text) == ["−0.500", "(0.100)", "0.200", "−0.400"]
    assert np.allclose(cells.z, [[0.5, -0.1], [-0.2, 0.4]])
