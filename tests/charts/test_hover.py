"""What the pointer shows is the data, character by character, at the point it belongs to."""

import numpy as np

from delift_core.charts.hover import label_points, point_text
from delift_core.charts.maps import map_figure
from delift_core.charts.palette import LIGHT


def test_every_point_of_an_example_says_its_own_text():
    points = np.random.default_rng(0).normal(size=(12, 2))
    figure = map_figure(points, np.array([3, 5]), LIGHT)
    label_points(figure, "text of {}".format)
    said = {
        index: text
        for trace in figure.data
        if trace.customdata is not None
        for index, text in zip(trace.customdata.tolist(), trace.hovertext, strict=True)
    }
    assert said == {index: f"text of {index}" for index in range(12)}


def test_a_text_holds_id_rank_and_lines_and_no_markup_of_the_data():
    assert point_text("a<b>", "<i>x\ny", 1_200) == "a&lt;b&gt;, chosen 1,200.<br>&lt;i&gt;x<br>y"
    assert point_text("a", "x", 0) == "a<br>x"
