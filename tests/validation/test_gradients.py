"""Gradients of examples: first order, the published Adam direction, the published influence."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from delift_core.errors import MethodUnavailable
from delift_core.scoring.prompts import Prompt
from delift_core.selection.gradient_features import FeatureKind
from delift_core.selection.gradient_settings import GradientSettings
from delift_core.validation import gradients
from delift_core.validation.gradients import (
    WarmedUp,
    adam_direction,
    block_features,
    row_gradient,
    warm_up_network,
    warm_up_plan,
    warm_up_rows,
)
from delift_core.validation.network import log_probabilities
from delift_core.validation.projection import projected
from delift_core.validation.training import train_epoch
from tests.validation.conftest import SETTINGS

GOLDEN = json.loads((Path(__file__).parent / "golden.json").read_text(encoding="utf-8"))
BOTH = (FeatureKind.DIRECTION, FeatureKind.GRADIENT)


@pytest.fixture
def rows(written, roles):
    return written(roles["pool"])


def test_the_direction_of_adam_is_that_of_less():
    entry = GOLDEN["less_adam_gradient"]
    exact = partial(torch.tensor, dtype=torch.float64)
    given = {name: exact(value) for name, value in entry["inputs"].items()}
    expected = exact(entry["outputs"]["preconditioned_ckpt_example_dim"])
    moments = zip(given["exp_avg_ckpt_dim"], given["exp_avg_sq_ckpt_dim"])
    for checkpoint, (mean, square) in enumerate(moments):
        found = adam_direction(given["gradients_ckpt_example_dim"][checkpoint], mean, square)
        assert torch.allclose(found, expected[checkpoint], rtol=1e-6)


def test_a_step_on_one_example_changes_the_loss_of_another_by_their_product_to_first_order(
    adapted, rows
):
    """L(z') after - before = -eta <g, g'> + O(eta^2): the error falls with the square of eta."""

    def loss(row):
        with torch.no_grad():
            return -float(log_probabilities(adapted, [row]).mean())

    weights = list(adapted.trainable.values())
    stepped, observed = rows[0], rows[1]
    step, slope = row_gradient(adapted, stepped), row_gradient(adapted, observed)
    before, errors = loss(observed), []
    for eta in (1e-3, 1e-4):
        start = torch.nn.utils.parameters_to_vector(weights).detach().clone()
        torch.nn.utils.vector_to_parameters(start - eta * step, weights)
        change = loss(observed) - before
        torch.nn.utils.vector_to_parameters(start, weights)
        expected = -eta * float(step @ slope)
        errors.append(abs(change - expected))
        assert change == pytest.approx(expected, rel=0.05)
    assert errors[1] < errors[0] / 50


def test_features_are_the_projected_gradient_and_the_projected_direction(
    for_tuning, rows, monkeypatch
):
    tuned = warm_up_network(for_tuning(), SETTINGS)
    state = train_epoch(tuned, rows, warm_up_plan(SETTINGS), None)
    whole = block_features(WarmedUp(tuned, state, SETTINGS), rows, BOTH)
    gradient = torch.stack([row_gradient(tuned, row) for row in rows])
    mean, square = (
        torch.cat([values[name].flatten() for name in tuned.trainable])
        for values in (state.moments["means"], state.moments["squares"])
    )
    direction = adam_direction(gradient, mean, square)
    for kind, vectors in ((FeatureKind.GRADIENT, gradient), (FeatureKind.DIRECTION, direction)):
        expected = projected(vectors, SETTINGS.dimension, SETTINGS.seed).numpy()
        assert np.allclose(whole[kind], expected, rtol=1e-4, atol=1e-6)
    monkeypatch.setattr(gradients, "HELD", 1)  # one gradient in memory at a time
    few = block_features(WarmedUp(tuned, state, SETTINGS), rows, BOTH)
    assert all(np.allclose(few[kind], whole[kind], rtol=1e-4, atol=1e-6) for kind in BOTH)


def test_a_row_without_a_response_has_no_features_and_every_row_advances(for_tuning, rows):
    tuned = warm_up_network(for_tuning(), SETTINGS)
    state = train_epoch(tuned, rows, warm_up_plan(SETTINGS), None)
    done = []
    checkpoint = WarmedUp(tuned, state, SETTINGS)
    features = block_features(checkpoint, [rows[0], Prompt((5, 6), ())], BOTH, done.append)
    assert done == [1, 1]
    for values in features.values():
        assert np.isfinite(values[0]).all() and np.isnan(values[1]).all()


def test_the_warm_up_is_on_a_random_share_of_what_has_a_response(rows):
    found = warm_up_rows([*rows, Prompt((5, 6), ())], GradientSettings(warm_up=0.5))
    assert len(found) == 4 and all(row.response for row in found)
    assert found != warm_up_rows([*rows, Prompt((5, 6), ())], GradientSettings(warm_up=0.5, seed=1))
    assert len(warm_up_rows(rows, GradientSettings())) == 1
    with pytest.raises(MethodUnavailable, match="Give a pool with responses"):
        warm_up_rows([Prompt((5, 6), ())], SETTINGS)


def test_the_warm_up_falls_from_the_published_rate_along_a_line():
    plan = warm_up_plan(GradientSettings(epochs=4))
    rates = [plan.rate(step, 8) for step in range(4)]
    assert rates == pytest.approx([2e-5, 1.5e-5, 1e-5, 5e-6])
