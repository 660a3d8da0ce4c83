"""Training: the same bytes for a seed, cut off or not; response tokens only; AdamW by hand."""

from dataclasses import replace
from itertools import pairwise

import pytest
import torch

from delift_core.validation.network import log_probabilities, tunable
from delift_core.validation.optimizer_kinds import OptimizerKind
from delift_core.validation.optimizers import BETAS, EPSILON
from delift_core.validation.training import TrainingPlan, batches, copied_weights, train_epoch
from delift_core.validation.tuners.lora import LORA, LoraOptions

PLAN = TrainingPlan(epochs=3, learning_rate=1e-2, rows_per_step=2)
OPTIONS = LoraOptions(rank=2, dropout=0.1)


def states_equal(one, other):
    parts = [{"weights": state.weights, **state.moments} for state in (one, other)]
    assert parts[0].keys() == parts[1].keys()
    return one.epoch == other.epoch and all(
        torch.equal(values, parts[1][part][name])
        for part, by_name in parts[0].items()
        for name, values in by_name.items()
    )


@pytest.fixture
def rows(written, roles):
    return written(roles["pool"])


@pytest.mark.parametrize("optimizer", OptimizerKind)
def test_an_epoch_goes_on_from_the_one_before_in_another_network_to_the_same_bytes(
    for_tuning, rows, optimizer
):
    plan = replace(PLAN, optimizer=optimizer)
    tuned, whole = tunable(for_tuning(), LORA, OPTIONS), [None]
    for _ in range(PLAN.epochs):
        whole.append(train_epoch(tuned, rows, plan, whole[-1]))
    for before, after in pairwise(whole):
        again = tunable(for_tuning(), LORA, OPTIONS)
        assert states_equal(train_epoch(again, rows, plan, before), after)
    assert [state.epoch for state in whole[1:]] == [1, 2, 3]


def test_another_seed_draws_other_weights_and_another_order(for_tuning, rows):
    one, other = (tunable(for_tuning(), LORA, OPTIONS, seed) for seed in (0, 1))
    assert any(
        not torch.equal(weight, other.trainable[name]) for name, weight in one.trainable.items()
    )
    orders = [list(batches(rows, replace(PLAN, seed=seed), 1)) for seed in (0, 1)]
    assert orders[0] != orders[1]


def test_the_loss_of_the_rows_falls(for_tuning, rows):
    tuned = tunable(for_tuning(), LORA, OPTIONS)

    def loss():
        with torch.no_grad():
            return -float(log_probabilities(tuned, rows).mean())

    before, state = loss(), None
    for _ in range(PLAN.epochs):
        state = train_epoch(tuned, rows, PLAN, state)
    assert loss() < before - 0.1


def test_the_first_step_is_adam_s_by_hand(for_tuning, rows):
    """m = (1 - b1) g, v = (1 - b2) g^2; the bias corrected, a step is rate g / (|g| + eps)."""
    plan = replace(PLAN, epochs=1, rows_per_step=len(rows), warm_up=0.0, clip=1e9)
    options = LoraOptions(rank=2)
    tuned = tunable(for_tuning(), LORA, options)
    start = {name: weight.detach().clone() for name, weight in tuned.trainable.items()}
    loss = -log_probabilities(tuned, rows).mean()
    gradients = torch.autograd.grad(loss, list(tuned.trainable.values()))
    state = train_epoch(tuned, rows, plan, None)
    for (name, before), gradient in zip(start.items(), gradients):
        step = plan.learning_rate * gradient / (gradient.abs() + EPSILON)
        assert torch.allclose(state.moments["means"][name], (1 - BETAS[0]) * gradient, atol=1e-7)
        assert torch.allclose(
            state.moments["squares"][name], (1 - BETAS[1]) * gradient**2, atol=1e-9
        )
        clear = gradient.abs() > 1e-5  # elsewhere the order of a sum decides
        assert torch.allclose(state.weights[name][clear], (before - step)[clear], atol=1e-4)


def test_the_learning_rate_rises_and_falls_along_lines():
    plan = TrainingPlan(epochs=2, learning_rate=1.0, rows_per_step=1, warm_up=0.2)
    falling = [left / 8 for left in range(8, 0, -1)]
    assert [plan.rate(step, 5) for step in range(10)] == [0, 0.5, *falling]
    straight = replace(plan, warm_up=0.0, rows_per_step=8)
    assert [straight.rate(step, 5) for step in range(2)] == [1.0, 0.5]


def test_a_step_that_is_the_only_one_has_the_whole_rate_and_trains(for_tuning, rows):
    plan = TrainingPlan(epochs=1, learning_rate=1e-2)
    assert [replace(plan, epochs=epochs).rate(0, 6) for epochs in (1, 2)] == [1e-2, 0]
    tuned = tunable(for_tuning(), LORA, OPTIONS)
    before = copied_weights(tuned)
    state = train_epoch(tuned, rows, plan, None)
    assert state.rate == 1e-2
    assert any(not torch.equal(state.weights[name], values) for name, values in before.items())


def test_every_row_is_read_once_an_epoch(rows):
    read = [row for batch in batches(rows, PLAN, 2) for row in batch]
    assert sorted(read, key=repr) == sorted(rows, key=repr)
    assert [len(batch) for batch in batches(rows, replace(PLAN, rows_per_step=4), 1)] == [4, 2]


def test_a_plan_may_end_within_its_last_epoch(for_tuning, rows):
    """5 steps of 2 rows each: the second epoch of 3 ends after 2; the rates fall to the fifth."""
    plan = replace(PLAN, epochs=2, steps=5, warm_up=0.0)
    assert [plan.rate(step, 6) for step in range(5)] == pytest.approx(
        [1e-2 * left / 5 for left in range(5, 0, -1)]
    )
    tuned, read = tunable(for_tuning(), LORA, OPTIONS), []
    first = train_epoch(tuned, rows, plan, None, read.append)
    train_epoch(tuned, rows, plan, first, read.append)
    assert sum(read) == 10
    assert replace(plan, steps=99).total_steps(6) == 6
