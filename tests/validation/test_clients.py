"""Training by clients: one client is plain training, several are averaged by size."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from delift_core.validation.clients import layer_score, train_round
from delift_core.validation.network import tunable
from delift_core.validation.training import TrainingPlan, train_epoch
from delift_core.validation.tuners.prompt import PROMPT, PromptOptions
from tests.validation.test_training import states_equal

GOLDEN = json.loads(Path(__file__).with_name("golden.json").read_text(encoding="utf-8"))
ENTRY = GOLDEN["fedpeptao_layer_score"]
PLAN = TrainingPlan(epochs=3, learning_rate=PROMPT.learning_rate, rows_per_step=2)


@pytest.fixture
def rows(written, roles):
    return written(roles["pool"])


@pytest.fixture
def prompted(for_tuning):
    """prompted() -> a tiny network with a prompt, the same each time"""
    return lambda: tunable(for_tuning(), PROMPT, PromptOptions(tokens=3))


def test_one_client_is_plain_prompt_tuning_to_the_same_bytes(prompted, rows):
    plain, alone = prompted(), prompted()
    expected = state = None
    for _ in range(PLAN.epochs):
        expected = train_epoch(plain, rows, PLAN, expected)
        state = train_round(alone, [rows], PLAN, state)
        assert states_equal(state, expected) and state.rate == expected.rate


def test_clients_begin_with_the_same_weights_and_are_averaged_by_size(prompted, rows):
    """4 and 2 rows: two thirds of the one, one third of the other, in both of two rounds."""
    clients, tuned, state = [rows[:4], rows[4:]], prompted(), None
    for _ in range(2):
        apart = []
        for own in clients:
            other = prompted()
            apart.append(train_epoch(other, own, PLAN, state))
        state = train_round(tuned, clients, PLAN, state)
        for name, values in state.weights.items():
            mean = 2 / 3 * apart[0].weights[name] + 1 / 3 * apart[1].weights[name]
            assert torch.allclose(values, mean, atol=1e-6)
            assert torch.equal(tuned.trainable[name].detach(), values)
            assert not torch.allclose(apart[0].weights[name], apart[1].weights[name])
        squares = [one.moments["squares"][name] for one in (state, *apart)]
        assert torch.allclose(squares[0], 2 / 3 * squares[1] + 1 / 3 * squares[2], atol=1e-9)


def test_rows_are_read_by_their_clients_and_steps_may_end_within_the_last_round(prompted, rows):
    plan, read, state = replace(PLAN, epochs=2, steps=3), [], None
    tuned = prompted()
    for _ in range(plan.epochs):
        state = train_round(tuned, [rows[:4], rows[4:]], plan, state, read.append)
    assert sum(read) == 6 + 4
    assert state.epoch == 2


def test_a_layer_has_the_published_score():
    states = torch.tensor(
        ENTRY["inputs"]["hidden_client_layer_item_token_dim"], dtype=torch.float64
    )
    shares = ENTRY["parameters"]["client_weights"]
    scores = [
        sum(share * layer_score(client[layer]) for share, client in zip(shares, states))
        for layer in range(states.shape[1])
    ]
    assert layer_score(states[0, 0]) == pytest.approx(ENTRY["outputs"]["score_client0_layer0"])
    assert scores == pytest.approx(ENTRY["outputs"]["score_per_layer"], rel=1e-6)
