"""Arms at equal tokens: their steps worked by hand, and the cells that they share."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.selection.settle import settle
from delift_core.validation.arms import (
    RANDOM,
    UNTUNED,
    WHOLE_AT_EQUAL_TOKENS,
    Design,
    Experiment,
    arms_of,
    cells_of,
)
from delift_core.validation.equal_tokens import EqualTokens, arms_at_equal_tokens, equal_tokens_line
from delift_core.validation.evidence import evidence_of
from tests.validation.test_cells import SETTING

TOKENS = np.array([10, 4, 6, 20, 30, 10])
CHOSEN = {"chosen": (5, 2, 1), "longest": (5, 4, 3), "like": (5, 1, 2)}


@pytest.fixture
def experiment(roles):
    """3 of 6 rows with two a step: 2 steps an epoch, 8 in all, and 3 through the whole pool."""
    setting, design = replace(SETTING, rows_per_step=2), Design(epochs=4, random=5, seeds=2)
    return Experiment(roles["pool"], "chosen", CHOSEN, settle(3, 6), setting, design)


def at_equal_tokens(experiment, tokens=TOKENS):
    return {arm.name: arm for arm in arms_at_equal_tokens(EqualTokens(experiment, tokens))}


def steps_of(arm):
    return [cell.steps for seeds in arm.cells for cell in seeds]


def test_every_arm_has_the_steps_that_read_nearest_to_the_tokens_of_the_selection(experiment):
    """The selection: (10 + 6 + 4) / 2 steps = 10 a step, 8 steps: 80 tokens.

    The longest: (10 + 30 + 20) / 2 = 30 a step, 80 / 30 = 2.67. The pool: 80 / 3 a step, 3 steps.
    """
    equal, arms = EqualTokens(experiment, TOKENS), at_equal_tokens(experiment)
    assert equal.to_read == 80
    assert list(arms) == [UNTUNED, RANDOM, *CHOSEN, WHOLE_AT_EQUAL_TOKENS]
    assert steps_of(arms[UNTUNED]) == [0]
    assert steps_of(arms["chosen"]) == steps_of(arms["like"]) == [8, 8]
    assert steps_of(arms["longest"]) == [3, 3]
    assert steps_of(arms[WHOLE_AT_EQUAL_TOKENS]) == [3, 3]


def test_each_random_selection_has_steps_of_its_own_for_its_rows(experiment):
    tokens = dict(zip(experiment.digests, TOKENS.tolist()))
    arms = at_equal_tokens(experiment)
    for (cell,) in arms[RANDOM].cells:
        by_hand = 80 / (sum(tokens[row] for row in cell.rows) / 2)
        assert cell.steps == round(by_hand)
    assert len(set(steps_of(arms[RANDOM]))) > 1


@pytest.mark.parametrize("factor", [1, 2, 3, 1000])
def test_the_longer_the_responses_of_an_arm_the_fewer_its_steps_and_one_at_least(
    factor, experiment
):
    longer = TOKENS * np.array([1, 1, 1, factor, factor, 1])
    (steps, _) = steps_of(at_equal_tokens(experiment, longer)["longest"])
    assert steps == {1: 3, 2: 1, 3: 1, 1000: 1}[factor]
    shorter = at_equal_tokens(experiment, np.array([10, 4, 6, 4, 2, 10]))["longest"]
    assert steps_of(shorter) == [10, 10]  # 80 / (16 / 2)


def test_rows_without_a_response_are_no_part_of_an_epoch(experiment):
    """Of the selection two rows are trained on, in 1 step an epoch that reads 16 tokens."""
    silent = np.array([10, 0, 6, 20, 30, 10])
    equal = EqualTokens(experiment, silent)
    assert equal.per_step((5, 2, 1)) == 16 and equal.to_read == 8 * 16
    assert steps_of(at_equal_tokens(experiment, silent)["chosen"]) == [8, 8]
    assert EqualTokens(experiment, np.zeros(6, dtype=int)).steps(range(6)) >= 1


def test_an_arm_whose_steps_are_the_same_has_the_cells_that_it_has_at_equal_steps(experiment):
    measured = replace(experiment, learned=True)
    at_steps = {arm.name: arm for arm in arms_of(measured)}
    at_tokens = at_equal_tokens(measured)
    for name in (UNTUNED, "chosen", "like"):
        assert at_tokens[name] == at_steps[name]
    assert at_tokens["chosen"].cells[0][0].also == (experiment.pool.text_fingerprint,)
    same = {cell.address for cell in cells_of(at_steps.values())}
    others = [cell for cell in cells_of(at_tokens.values()) if cell.address not in same]
    assert {cell.steps for cell in others}.isdisjoint({0, 8})


def test_even_lengths_make_everything_but_the_whole_pool_the_same_models(experiment):
    even = at_equal_tokens(experiment, np.full(6, 7))
    at_steps = {arm.name: arm for arm in arms_of(experiment)}
    # 7 * 3 / 2 a step, 8 steps: 84 tokens; the pool reads 14 a step
    assert steps_of(even[WHOLE_AT_EQUAL_TOKENS]) == [6, 6]
    for name in (UNTUNED, RANDOM, *CHOSEN):
        assert even[name] == at_steps[name]


def test_the_way_at_equal_tokens_is_that_to_the_whole_pool_at_equal_tokens(experiment, simulate):
    arms = arms_at_equal_tokens(EqualTokens(experiment, TOKENS))
    gains = {UNTUNED: -1, "chosen": 0.1, WHOLE_AT_EQUAL_TOKENS: 0.2}
    found = evidence_of(simulate(arms, lambda arm: gains.get(arm.name, 0)), arms, "chosen")
    assert list(found.way) == [WHOLE_AT_EQUAL_TOKENS]
    assert found.way[WHOLE_AT_EQUAL_TOKENS][0] == pytest.approx(0.5, abs=0.05)
    assert found.differences["chosen"].high < 0


def test_the_line_says_how_many_tokens_and_that_clients_train_for_whole_epochs(experiment):
    line = equal_tokens_line(EqualTokens(experiment, TOKENS * 100))
    assert "for the steps that read nearest to 8,000 response tokens" in line
    apart = replace(experiment, sources=["a", "b"] * 3)
    assert "for the whole epochs that" in equal_tokens_line(EqualTokens(apart, TOKENS))
