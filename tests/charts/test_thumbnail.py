"""The small picture of a map: every example inside, of a large pool an even part."""

import re
from xml.etree import ElementTree

import numpy as np

from delift_core.charts.thumbnail import DOTS_MOST, HEIGHT, WIDTH, Dot, dots_shown, thumbnail


def circles(picture):
    return ElementTree.fromstring(picture).findall("{http://www.w3.org/2000/svg}circle")


def test_every_example_with_a_position_is_a_dot_inside_the_picture():
    positions = np.array([[0.0, 0.0], [10.0, -3.0], [5.0, np.nan], [2.0, 8.0]])
    dots = [Dot("#80868B", 3, 1), Dot("#0072B2", 5, 1), Dot("#80868B", 3, 1), Dot("#80868B", 3, 1)]
    drawn = circles(thumbnail(positions, dots))
    assert [dot.get("fill") for dot in drawn] == ["#80868B", "#0072B2", "#80868B"]
    for dot in drawn:
        assert 0 < float(dot.get("cx")) < WIDTH and 0 < float(dot.get("cy")) < HEIGHT


def test_up_is_up():
    low, high = circles(thumbnail(np.array([[0.0, 0.0], [1.0, 1.0]]), [Dot("#000", 1, 1)] * 2))
    assert float(low.get("cy")) > float(high.get("cy"))


def test_examples_in_one_place_or_in_none_are_no_error():
    assert len(circles(thumbnail(np.zeros((3, 2)), [Dot("#000", 1, 1)] * 3))) == 3
    assert circles(thumbnail(np.full((1, 2), np.nan), [Dot("#000", 1, 1)])) == []


def test_a_large_pool_is_drawn_in_part_from_its_first_to_its_last():
    shown = dots_shown(10_000)
    assert len(shown) == DOTS_MOST and shown[0] == 0 and shown[-1] == 9_999
    assert dots_shown(5).tolist() == [0, 1, 2, 3, 4]
    picture = thumbnail(np.random.default_rng(0).normal(size=(600, 2)), [Dot("#000", 3, 0.8)] * 600)
    assert len(picture) < 50_000 and not re.search("<(script|image|a )", picture)
