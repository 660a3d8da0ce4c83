"""An outline survives the address, and holds what was inside it when it was drawn."""

import numpy as np
import pytest

from delift_core.charts.lasso import indices_in
from delift_core.runs.projections import read_projection
from delift_core.runs.store import bundled_run
from pages.session import outlines
from tests.pages.conftest import table, texts

POINTS = read_projection(bundled_run())


def lasso(low, high):
    """A triangle over a part of the demo's map, by quantiles of its extent."""
    (left, bottom), (right, top) = np.quantile(POINTS, [low, high], axis=0).tolist()
    return {"x": [left, right, right], "y": [bottom, bottom, top]}


def test_a_link_lists_what_the_outline_holds(demo):
    drawn = lasso(0.05, 0.95)
    inside = indices_in({"lasso": [drawn]}, POINTS)
    assert 0 < len(inside) < 160
    text = outlines.written("embedding", drawn["x"], drawn["y"])
    page = demo("inspect/examples", around=text)
    expected = {bundled_run().pool[index].id for index in inside.tolist()}
    assert set(table(page, "All")["id"]) == expected
    assert f"Map selection ({len(inside)})" in [
        element.label.replace("\\", "") for element in page.button
    ]


def test_what_is_inside_is_worked_out_once_for_all_drawings(demo, monkeypatch):
    asked = []

    def counted(*arguments):
        asked.append(arguments)
        return indices_in(*arguments)

    monkeypatch.setattr(outlines, "indices_in", counted)
    outlines._inside.clear()
    drawn = lasso(0.1, 0.9)
    page = demo("inspect/map", around=outlines.written("embedding", drawn["x"], drawn["y"]))
    page.run()
    assert len(asked) == 1


def test_a_box_is_written_as_its_corners():
    corners = outlines.box_corners({"x": [1, 3], "y": [-2, 5]})
    name, read = outlines.read(outlines.written("utility", corners["x"], corners["y"]))
    assert name == "utility" and read == {"x": [1, 3, 3, 1], "y": [-2, -2, 5, 5]}


def test_an_outline_of_many_corners_keeps_a_hundred_from_end_to_end():
    turns = np.linspace(0, 6, 1_000)
    _, read = outlines.read(outlines.written("embedding", np.cos(turns), np.sin(turns)))
    assert len(read["x"]) == outlines.CORNERS_MOST
    assert (read["x"][0], read["x"][-1]) == pytest.approx((1, np.cos(6)), abs=1e-4)


@pytest.mark.parametrize("text", ["embedding_1_2", "nowhere_1_2_3_4_5_6", "embedding_1_2_3_4_5_x"])
def test_what_is_no_outline_is_ignored(demo, text):
    page = demo("inspect/examples", around=text)
    assert outlines.read(text) is None and not page.exception
    assert "1 of 160" in texts(page)
