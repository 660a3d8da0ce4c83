"""A click on a map opens the example in its reach, on the map that it lands on, and no other."""

import numpy as np
import pytest

from delift_core.runs.projections import read_projection
from delift_core.runs.store import bundled_run
from pages.widgets.chart_mouse import Click, sent_click
from pages.widgets.map_click import open_nearest, place_of

POINTS = read_projection(bundled_run())
SENT = {"chart": "embedding", "x": 1, "y": 2.5, "across": 0.1, "down": 0.2}


@pytest.mark.parametrize(("offset", "expected"), [(0.02, 7), (50.0, None)])
def test_a_click_opens_the_example_in_reach(offset, expected):
    opened = []
    click = Click("embedding", *(POINTS[7] + offset).tolist(), 0.1, 0.1)
    open_nearest(bundled_run(), {"embedding": POINTS}, opened.append, click)
    assert opened == ([] if expected is None else [bundled_run().pool[expected].id])


def test_the_ring_is_where_the_open_example_is():
    assert place_of(POINTS, 3) == tuple(POINTS[3].tolist())
    assert place_of(POINTS, None) is None
    assert place_of(np.full((1, 2), np.nan), 0) is None


def test_what_the_browser_sends_is_a_click():
    assert sent_click(SENT) == Click("embedding", 1, 2.5, 0.1, 0.2)


@pytest.mark.parametrize(
    "change", [{"chart": 3}, {"x": None}, {"y": "2"}, {"across": 0}, {"down": float("nan")}]
)
def test_what_no_chart_sends_is_no_click(change):
    assert sent_click(SENT | change) is None and sent_click(None) is None
