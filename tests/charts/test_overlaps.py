"""What two selections share: both numbers in every cell, nothing beside itself."""

import numpy as np

from delift_core.charts.looks import looks_of
from delift_core.charts.overlaps import LEAST, overlap_figure
from delift_core.charts.palette import LIGHT

SHARES = np.array([[1.0, 0.14, 0.3], [0.14, 1.0, 0.0], [0.3, 0.0, 1.0]])
EXPECTED = np.full((3, 3), 0.18)
LOOKS = looks_of(["one", "two", "three"], LIGHT)


def test_a_cell_says_what_is_shared_and_what_chance_shares():
    cells, numbers = overlap_figure(SHARES, EXPECTED, SHARES, LOOKS, LIGHT).data
    assert len(numbers.text) == 6 and numbers.text[0] == "14 %<br><i>(18 %)</i>"
    assert np.isnan(np.diag(cells.z)).all()
    assert "14 % of what either holds is in both, 18 % by chance" in cells.text[0][1]


def test_colours_part_at_chance():
    cells, _ = overlap_figure(SHARES, EXPECTED, SHARES, LOOKS, LIGHT).data
    assert cells.zmax == -cells.zmin == 0.18
    assert cells.z[0][1] < 0 < cells.z[0][2]
    like_chance, _ = overlap_figure(EXPECTED, EXPECTED, SHARES, LOOKS, LIGHT).data
    assert like_chance.zmax == LEAST
