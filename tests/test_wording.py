"""What is said of measures: what random selections have, what is better, who optimises it."""

from delift_core.comparison.comparison import Cell
from delift_core.comparison.register import MEASURES
from delift_core.wording import better_line, random_values

BY_NAME = {measure.name: measure for measure in MEASURES}


def test_random_values_that_read_alike_are_told_once():
    assert random_values(BY_NAME["coverage"], Cell(0.5, 0.791, 0.84, 0.8, 0.1)) == "79.1 to 84 %"
    assert random_values(BY_NAME["near_duplicates"], Cell(0, 2, 2, 2, 0)) == "2"


def test_a_measure_says_which_values_are_better_and_who_optimises_it():
    assert better_line(BY_NAME["coverage"]) == "Higher is better. facility_location optimises it."
    assert better_line(BY_NAME["vendi"]) == "Higher is better. No method optimises it."
    assert better_line(BY_NAME["nll"]) == "Neither way is better. hardest and easiest optimise it."
