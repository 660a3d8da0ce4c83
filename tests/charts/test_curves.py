"""The coverage curve: budget and knee marked, random selections as a band."""

import numpy as np

from delift_core.charts.curves import curve_figure
from delift_core.charts.palette import DARK, LIGHT
from delift_core.selection.outcome import Curve

# coverage of the first 0, 1, ... 20 examples
COVERAGE = np.interp(np.arange(21), [0, 10, 20], [0.0, 0.8, 1.0])
RANKS = np.array([0, 10, 15, 20])


def curve(knee=None):
    return Curve(COVERAGE, COVERAGE / 4, COVERAGE / 3, knee)


def test_the_curve_marks_the_budget_and_the_knee_with_rows_and_share():
    figure = curve_figure(curve(knee=10), RANKS, 15, LIGHT)
    assert [trace.name for trace in figure.data[2:]] == [
        "selection",
        "chosen 15: 90 %",
        "diminishing returns at 10: 80 %",
    ]
    assert figure.layout.shapes[0].x0 == 15
    assert len(curve_figure(curve(), RANKS, 15, LIGHT).data) == len(figure.data) - 1


def test_the_band_of_random_orders_is_filled_between_its_two_curves():
    lowest, highest = curve_figure(curve(), RANKS, 10, DARK).data[:2]
    assert highest.fill == "tonexty" and (highest.y >= lowest.y).all()
    assert highest.name == "random (10 runs)"
