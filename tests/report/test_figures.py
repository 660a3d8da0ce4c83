"""Figures travel once: what a dark page shows is the light one with the differences put in."""

import base64
import json
from copy import deepcopy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.charts.curves import curve_figure
from delift_core.charts.palette import DARK, LIGHT
from delift_core.report.figures import curve_chart, differences, kernel_chart, labelled, map_chart
from delift_core.runs.projections import read_projection
from delift_core.selection.choice import Choice
from tests.report.conftest import FL, outcome_for

JSON = st.recursive(
    st.none() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)
    ),
    max_leaves=8,
)


def unpacked(array):
    return np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])


def put_in(light, dark):
    """What the page's script does."""
    whole = {"": deepcopy(light)}
    for place, value in dark:
        inner = whole
        for key in ["", *place][:-1]:
            inner = inner[key]
        inner[["", *place][-1]] = value
    return whole[""]


@given(JSON, JSON)
def test_the_differences_put_into_one_give_the_other(light, dark):
    assert put_in(light, differences(light, dark)) == dark


@given(JSON)
def test_what_does_not_differ_is_not_told(same):
    assert list(differences(same, same)) == []


def test_the_dark_curve_is_the_engines_own(demo):
    outcome = outcome_for(demo, FL)
    drawn = curve_chart(outcome)
    first, second = (
        curve_figure(outcome.curve, outcome.ranks_drawn, 12, palette) for palette in (LIGHT, DARK)
    )
    for figure, found in ((first, drawn.figure), (second, put_in(drawn.figure, drawn.dark))):
        figure.layout.font.family = "system-ui, sans-serif"
        assert json.loads(figure.to_json()) == found


def test_every_example_on_the_map_shows_its_own_first_line(demo):
    outcome = outcome_for(demo, FL)
    drawn = map_chart(demo.pool, read_projection(demo), outcome)
    ranks = {index: rank for rank, index in enumerate(outcome.selection.indices.tolist(), 1)}
    shown = {}
    for trace in drawn.figure["data"]:
        if "customdata" in trace:
            shown |= dict(
                zip(unpacked(trace["customdata"]).tolist(), trace["hovertext"], strict=True)
            )
    assert sorted(shown) == list(range(160))
    for index, text in shown.items():
        assert text.startswith(
            f"{demo.pool[index].id}, chosen {ranks[index]}.<br>"
            if index in ranks
            else f"{demo.pool[index].id}<br>"
        )


def test_what_the_pointer_shows_holds_no_markup_but_its_own_line_break():
    assert labelled("<b>\na & <i>\"'", 0) == "&lt;b&gt;<br>a &amp; &lt;i&gt;\"'"
    assert labelled("a\nb", 3) == "a, chosen 3.<br>b"


@pytest.mark.parametrize("objective", ["facility_location", "flqmi"])
def test_the_rows_of_the_heatmap_stand_by_who_covers_them(demo, objective):
    outcome = outcome_for(demo, Choice(objective=objective, budget="12"))
    kernel = demo.kernel("pool_pool" if objective == "facility_location" else "target_pool")
    cells = kernel_chart(kernel, outcome).figure["data"][0]["z"]
    assert cells["shape"] == ", ".join(map(str, kernel.values.shape))
    # by hand: the best helper of each, ties to the earlier choice
    chosen, values = outcome.selection.indices.tolist(), kernel.values
    helper = [
        max(chosen, key=lambda shown: (max(row[shown], 0), -chosen.index(shown)))
        for row in outcome.objective.similarity
    ]
    drawn_rows = unpacked(cells).reshape(values.shape)
    order = [
        next(
            place
            for place, row in enumerate(values)
            if np.array_equal(np.sort(row), np.sort(drawn))
        )
        for drawn in drawn_rows
    ]
    turns = [
        chosen.index(helper[place])
        for place in order
        if outcome.objective.similarity[place, chosen].max() > 0
    ]
    assert sorted(order) == list(range(len(values))) and turns == sorted(turns)
