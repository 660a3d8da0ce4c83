"""Faster precisions are offered everywhere alike, each with what it was measured to give up."""

import json

import numpy as np
import pytest

from delift_core.cli.main import main
from delift_core.data.example import Dataset
from delift_core.runs.store import bundled_run
from delift_core.scoring import precision
from delift_core.scoring.kernel_scoring import score_utilities
from delift_core.scoring.model import DTYPES, load_model
from delift_core.scoring.precision import MEASURED, Precision, agreement
from delift_core.units import whole_percent


@pytest.mark.parametrize("precision", list(Precision))
def test_the_library_and_the_command_line_take_every_precision_by_its_name(precision):
    option = next(option for option in main.commands["run"].params if option.name == "dtype")
    assert option.type.convert(str(precision), option, None) == precision
    assert precision in DTYPES and len(DTYPES) == len(option.type.choices) == len(Precision)


@pytest.mark.parametrize("faster", [one for one in Precision if one is not Precision.FLOAT32])
def test_a_faster_precision_is_told_with_the_figures_that_were_measured(faster):
    measured = json.loads(MEASURED.read_text())["against float32"][faster]
    told = agreement(faster)
    assert (
        f"{measured['spearman']:.4f}" in told
        and whole_percent(measured["overlap"]) in told
        and f"{measured['speed']:.1f} times" in told
    )


def test_the_figures_are_read_and_not_written_down(monkeypatch, tmp_path):
    figures = {"spearman": 0.5, "largest error": 0.25, "overlap": 0.125, "speed": 3.0}
    (tmp_path / "other.json").write_text(
        json.dumps({"model": "M", "pairs": 9, "against float32": {"mixed": figures}})
    )
    monkeypatch.setattr(precision, "MEASURED", tmp_path / "other.json")
    assert (
        agreement("mixed")
        == "mixed beside float32, measured on 9 pairs of the demo with M: 3.0 times as fast, ranks"
        " agree to 0.5000, utilities to 0.250, 12 % of a choice is the same."
    )


def test_of_float32_there_is_nothing_to_tell():
    assert agreement("float32") == ""


def test_mixed_ranks_as_float32_does_which_is_why_it_is_offered():
    assert json.loads(MEASURED.read_text())["against float32"]["mixed"]["spearman"] >= 0.995


@pytest.mark.model
def test_the_bundled_model_scores_in_mixed_precision_nearly_what_it_does_in_float32():
    run = bundled_run()
    pool = Dataset(run.pool.examples[:4])
    rounded, exact = (
        score_utilities(pool, model=load_model("bundled", dtype="mixed")).values,
        run.kernel("pool_pool").values[:4, :4],
    )
    assert 0 < np.abs(rounded - exact).max() < 0.03
