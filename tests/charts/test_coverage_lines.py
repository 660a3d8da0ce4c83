"""The curves of several selections on one chart: a line and a letter each, over one band."""

import numpy as np

from delift_core.charts.coverage_lines import POINTS, coverage_lines_figure
from delift_core.charts.looks import looks_of
from delift_core.charts.palette import LIGHT
from delift_core.comparison.curves import ComparedCurves

SPENT = np.arange(1001)
LINES = tuple((SPENT * scale, np.sqrt(SPENT / 1000) / scale) for scale in (1, 2))
CURVES = ComparedCurves("tokens", LINES, SPENT, LINES[1][1] / 2, LINES[1][1])


def test_a_line_keeps_its_ends_and_few_points_between():
    figure = coverage_lines_figure(CURVES, looks_of(["one", "two"], LIGHT), LIGHT)
    drawn = [trace for trace in figure.data if trace.mode == "lines" and trace.name]
    lines = {trace.name: trace for trace in drawn}
    for name, (spent, coverage) in zip(("A · one", "B · two"), LINES, strict=True):
        assert (lines[name].x[0], lines[name].x[-1]) == (0, spent[-1])
        assert np.isclose(lines[name].y[-1], coverage[-1]) and len(lines[name].x) <= POINTS
    assert figure.layout.xaxis.title.text == "tokens chosen"


def test_every_letter_stands_at_the_end_of_its_line():
    figure = coverage_lines_figure(CURVES, looks_of(["one", "two"], LIGHT), LIGHT)
    ends = [trace for trace in figure.data if trace.mode == "markers+text"]
    assert [(trace.text[0], trace.x[0]) for trace in ends] == [
        ("<b>A</b>", 1000),
        ("<b>B</b>", 2000),
    ]


def test_the_band_is_filled_between_its_two_curves():
    lowest, highest = coverage_lines_figure(CURVES, looks_of(["one", "two"], LIGHT), LIGHT).data[:2]
    assert highest.fill == "tonexty" and (highest.y >= lowest.y).all()
