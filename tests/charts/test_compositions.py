"""What selections are made of: shares beside the pool's and beside random selections'."""

import numpy as np

from delift_core.charts.compositions import VALUES_MOST, composition_figure, composition_height
from delift_core.charts.figure_layout import share_axis
from delift_core.charts.looks import looks_of
from delift_core.charts.palette import LIGHT
from delift_core.comparison.composition import Composition

LOOKS = looks_of(["one", "two"], LIGHT)
SMALL = Composition(
    "topic",
    ("<sums>", ""),
    pool=np.array([30, 10]),
    chosen=np.array([[4, 4], [8, 0]]),
    chance=np.array([[[6, 2], [5, 3]], [[7, 1], [6, 2]]]),
)


def test_shares_are_those_of_the_pool_and_of_every_selection():
    pool, random, one, two = composition_figure(SMALL, LOOKS, LIGHT).data
    assert pool.x.tolist() == [0.75, 0.25]
    assert one.x.tolist() == [0.5, 0.5] and two.x.tolist() == [1.0, 0.0]
    assert random.x.tolist()[:2] == [0.625, 0.75] and np.isnan(random.x[2])


def test_an_axis_of_small_shares_has_several_marks():
    assert composition_figure(SMALL, LOOKS, LIGHT).layout.xaxis.ticktext[:2] == ("0 %", "20 %")
    assert share_axis(LIGHT, "share", 0.16)["ticktext"] == ["0 %", "5 %", "10 %", "15 %"]
    assert share_axis(LIGHT, "share")["ticktext"][-1] == "100 %"


def test_values_of_the_data_are_no_markup_and_an_empty_one_is_named():
    axis = composition_figure(SMALL, LOOKS, LIGHT).layout.yaxis
    assert list(axis.ticktext) == ["&lt;sums&gt;", "(empty)"]


def test_only_the_most_frequent_values_are_drawn_and_shares_stay_those_of_all():
    size = VALUES_MOST + 6
    ones = np.ones(size, dtype=np.int64)
    many = Composition(
        "topic", tuple(map(str, range(size))), ones, ones[None], np.ones((1, 2, size), int)
    )
    pool, *_ = composition_figure(many, LOOKS[:1], LIGHT).data
    assert len(pool.x) == VALUES_MOST and np.allclose(pool.x, 1 / size)
    assert composition_height(many) > composition_height(SMALL)
