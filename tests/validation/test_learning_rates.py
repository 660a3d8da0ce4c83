"""What flips between learning rates."""

import numpy as np
import pytest

from delift_core.validation.arms import RANDOM, UNTUNED
from delift_core.validation.evidence import Evidence
from delift_core.validation.learning_rates import flip_sentences, order_flips
from delift_core.validation.statistics import Losses, difference

MEANS = {  # arm -> mean loss at each of two rates
    UNTUNED: (3.0, 3.0),
    RANDOM: (2.0, 1.8),
    "chosen": (1.9, 1.7),
    "longest": (1.8, 1.9),
}


def evidence_at(rate, means=MEANS, selection="chosen"):
    """Evidence of simulated losses with these means and a noise of .01"""
    rng = np.random.default_rng(0)
    losses = {}
    for arm, mean in means.items():
        noise = rng.normal(0, 0.01, (1, 3, 30))
        losses[arm] = Losses(mean[rate] + noise - noise.mean())
    beside = {arm: difference(losses[arm], losses[RANDOM]) for arm in means if arm != RANDOM}
    return Evidence(selection, np.arange(30), losses, dict.fromkeys(means, 0.0), beside, {}, {}, 0)


def test_arms_that_change_places_are_named_with_the_better_one_at_each_rate():
    found = order_flips({1e-4: evidence_at(0), 2e-4: evidence_at(1)})
    assert {flip.better for flip in found} == {("longest", RANDOM), ("longest", "chosen")}
    for flip in found:
        assert flip.rates == (1e-4, 2e-4) and flip.is_detected
        first, second = flip.differences
        assert first.high < 0 < second.low


def test_flips_of_the_selection_are_told_first():
    flips = order_flips({1e-4: evidence_at(0), 2e-4: evidence_at(1)})
    assert [flip_sentences(flips, name)[0] for name in ("chosen", RANDOM)] == [
        f"longest is better than {name} at learning rate 0.0001, worse at 0.0002."
        for name in ("chosen", RANDOM)
    ]


def test_a_flip_within_chance_is_told_but_not_detected():
    means = {UNTUNED: (3, 3), RANDOM: (2, 2), "chosen": (1.9999, 2.0001)}
    found = order_flips({rate: evidence_at(rate, means) for rate in (0, 1)})
    assert [(flip.better, flip.is_detected) for flip in found] == [(("chosen", RANDOM), False)]
    assert flip_sentences(found, "chosen")[0].endswith("worse at 1, which may be chance.")


@pytest.mark.parametrize("rates", [[0], [0, 0], [1, 1]])
def test_nothing_flips_at_one_rate_or_between_equal_ones(rates):
    found = order_flips({number: evidence_at(rate) for number, rate in enumerate(rates)})
    assert found == []
