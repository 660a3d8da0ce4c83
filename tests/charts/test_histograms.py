"""Charts of what a pool holds: every example is in a bar, and no text of the data is markup."""

import numpy as np
import pytest

from delift_core.charts.histograms import VALUES_MOST, length_figure, most_frequent, value_figure
from delift_core.charts.palette import LIGHT


@pytest.mark.parametrize(
    "lengths", [[1, 1, 2, 3], [0], [5] * 10, [1, 2, 100_000], list(range(1000))]
)
def test_every_example_is_in_one_bar(lengths):
    (bars,) = length_figure(np.array(lengths), "words", LIGHT).data
    assert sum(bars.y) == len(lengths) and len(bars.x) == len(bars.customdata)
    assert bars.customdata[-1].endswith("or more")


def test_one_very_long_example_leaves_the_others_apart():
    (bars,) = length_figure(np.r_[np.arange(1, 500), 1_000_000], "tokens", LIGHT).data
    assert (np.array(bars.y) > 0).sum() > 20


def test_rare_values_are_one_bar_and_none_is_lost():
    counts = {f"topic {rank}": 20 - rank for rank in range(12)}
    shown = most_frequent(counts)
    assert len(shown) == VALUES_MOST and sum(shown.values()) == sum(counts.values())
    assert next(iter(shown)) == "topic 0" and list(shown)[-1] == "all others"
    assert most_frequent({"a": 1, "b": 2}) == {"b": 2, "a": 1}


def test_values_are_shown_character_by_character():
    figure = value_figure({"<b>bold</b>": 2, "%{x}": 1}, LIGHT)
    assert figure.layout.yaxis.ticktext == ("&lt;b&gt;bold&lt;/b&gt;", "&#37;{x}")


def test_the_examples_without_a_value_have_a_bar_with_a_name():
    figure = value_figure({"": 2, "sum": 1}, LIGHT)
    assert figure.layout.yaxis.ticktext == ("(empty)", "sum")
    assert list(figure.data[0].customdata) == ["(empty)", "sum"]
