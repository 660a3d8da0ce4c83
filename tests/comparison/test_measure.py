"""A value of a measure as it is written, and whether it is better than chance."""

import math

import numpy as np
import pytest

from delift_core.comparison.comparison import Cell
from delift_core.comparison.measure import Standing
from delift_core.comparison.register import MEASURES

BY_NAME = {measure.name: measure for measure in MEASURES}


@pytest.mark.parametrize(
    "name, value, text",
    [
        ("coverage", 0.7912, "79.1 %"),
        ("coverage", 0.99999, "99.9 %"),
        ("coverage", 1.0, "100 %"),
        ("tokens", 1204.0, "1,204"),
        ("median_length", 22.5, "22.5"),
        ("near_duplicates", 0.0, "0"),
        ("mmd_pool", 0.031249, "0.0312"),
        ("vendi", 23.456, "23.5"),
        ("nll", 2.3149, "2.31"),
        ("nll", math.nan, "–"),
        ("mmd_target", -0.00196, "\u22120.00196"),
    ],
)
def test_a_value_is_written_in_its_unit(name, value, text):
    assert BY_NAME[name].text(value) == text


@pytest.mark.parametrize(
    "value, standing",
    [(3.5, Standing.ABOVE), (3.0, Standing.WITHIN), (1.0, Standing.WITHIN), (0.5, Standing.BELOW)],
)
def test_a_value_stands_above_or_below_only_beyond_all_random_ones(value, standing):
    assert Cell(value, low=1.0, high=3.0, mean=2.0, deviation=0.5).standing is standing


def test_what_is_better_follows_from_the_measure():
    assert BY_NAME["coverage"].is_better(Standing.ABOVE) is True
    assert BY_NAME["coverage"].is_better(Standing.BELOW) is False
    assert BY_NAME["mmd_pool"].is_better(Standing.BELOW) is True
    for name, standing in (("tokens", Standing.ABOVE), ("coverage", Standing.WITHIN)):
        assert BY_NAME[name].is_better(standing) is None


@pytest.mark.parametrize("value", [0.01, 0.7, 1.0])
def test_where_random_ones_do_not_differ_there_are_no_standard_deviations(value):
    random = np.full(10, value)
    deviation = float(random.std(ddof=1))
    assert np.isnan(Cell(value, value, value, float(random.mean()), deviation).z)
