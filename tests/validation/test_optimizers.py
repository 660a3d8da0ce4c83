"""Optimisers: Adafactor steps as in T-Few, and a step on zeros changes nothing."""

import pytest
import torch
from transformers.optimization import Adafactor

from delift_core.validation.optimizer_kinds import OptimizerKind
from delift_core.validation.optimizers import moments_of, new_optimizer

SHAPES = {"matrix": (4, 6), "column": (5, 1), "row": (1, 7), "vector": (3,)}


def drawn_weights():
    torch.manual_seed(0)
    return {name: torch.nn.Parameter(torch.randn(shape)) for name, shape in SHAPES.items()}


def take_steps(optimizer, weights, size=1.0):
    torch.manual_seed(1)
    for rate in (0.0, 3e-3, 2e-3, 1e-3):
        for weight in weights.values():
            weight.grad = size * torch.randn_like(weight)
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.step()


@pytest.mark.parametrize("size", [1.0, 1e-6], ids=["usual gradients", "small gradients"])
def test_adafactor_steps_as_in_t_few(size):
    """T-Few: the learning rate is given, scaled by the size of a weight."""
    found, expected = drawn_weights(), drawn_weights()
    take_steps(new_optimizer(OptimizerKind.ADAFACTOR, found.values(), 0.0), found, size)
    published = Adafactor(expected.values(), lr=3e-3, scale_parameter=True, relative_step=False)
    take_steps(published, expected, size)
    for name, weight in expected.items():
        assert not torch.equal(weight, drawn_weights()[name])
        assert torch.allclose(found[name], weight, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("kind", OptimizerKind)
def test_a_step_on_zeros_changes_nothing(kind):
    weights = drawn_weights()
    take_steps(new_optimizer(kind, weights.values(), 0.0), weights, size=0.0)
    assert all(torch.equal(weight, drawn_weights()[name]) for name, weight in weights.items())


def test_what_is_remembered_is_named_by_moment_and_weight():
    weights = drawn_weights()
    optimizer = new_optimizer(OptimizerKind.ADAFACTOR, weights.values(), 0.0)
    take_steps(optimizer, weights)
    moments = moments_of(optimizer, weights)
    assert {moment: list(by_name) for moment, by_name in moments.items()} == {
        "row_squares": ["matrix", "column", "row"],
        "column_squares": ["matrix", "column", "row"],
        "vector_squares": ["vector"],
    }
