"""What all figures share: a transparent background, and a description that a copy keeps."""

import copy
import json
import pickle

import numpy as np
import pytest

from delift_core.charts.curves import curve_figure
from delift_core.charts.kernels import KernelPart, heatmap_exact, heatmap_overview
from delift_core.charts.matrices import group_figure
from delift_core.charts.palette import DARK, LIGHT
from delift_core.selection.outcome import Curve
from tests.charts.conftest import COLOURS, MARKUP, cloud, map_of, matrix, raster_map_of


def test_box_and_lasso_work_on_pictures_and_heatmaps_because_a_trace_of_marks_is_there():
    painted = map_of(cloud(20_001), np.zeros(0, int), palette=LIGHT)
    overview = heatmap_overview(np.zeros((3, 3)), np.arange(4), np.arange(4), 1.0, LIGHT)
    assert {trace.type for trace in painted.data} == {
        "scatter"
    } and painted.layout.dragmode == "lasso"
    assert (
        "scatter" in [trace.type for trace in overview.data]
        and overview.layout.dragmode == "select"
    )


def figures():
    """One of each kind."""
    values = np.array([[0.5, np.nan], [-0.25, 0.0]], dtype=np.float32)
    coverage = np.array([0, 0.6, 0.9, 1.0])
    curve = Curve(coverage, coverage - 0.1, coverage, knee=1)
    yield map_of(cloud(20), np.arange(3), colours=COLOURS["labels"](20), palette=LIGHT)
    yield map_of(cloud(20), np.arange(3), colours=COLOURS["gaps"](20), palette=DARK)
    yield raster_map_of(cloud(50), np.arange(3), palette=LIGHT)
    yield curve_figure(curve, np.arange(4), 2, LIGHT)
    yield heatmap_overview(values, np.arange(3), np.arange(3), 0.5, DARK)
    yield heatmap_exact(KernelPart(values, "ab", "cd"), 0.5, LIGHT)


@pytest.mark.parametrize("figure", figures(), ids=lambda figure: figure.layout.uirevision)
def test_a_copy_of_a_figure_has_the_same_description(figure):
    assert (
        copy.deepcopy(figure).to_json()
        == figure.to_json()
        == pickle.loads(pickle.dumps(figure)).to_json()
    )
    assert figure.layout.paper_bgcolor == "rgba(0,0,0,0)"


def figures_of_named_examples():
    names = (MARKUP, "plain", "z")
    yield group_figure(matrix(np.eye(3) / 3, names), DARK)
    yield heatmap_exact(KernelPart(np.eye(3), names, names), 1.0, LIGHT)


@pytest.mark.parametrize("figure", figures_of_named_examples(), ids=["groups", "exact"])
def test_names_are_no_markup_and_a_copy_has_the_same_description(figure):
    written = figure.to_json()
    assert (
        "<b>bold" not in json.loads(written)["layout"]["xaxis"]["ticktext"][0]
        and "<a href" not in written
    )
    assert copy.deepcopy(figure).to_json() == written
