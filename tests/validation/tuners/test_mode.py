"""Mode approximation: the published output, no change by V = 0, a diagonal C by hand."""

import json
from pathlib import Path

import torch

from delift_core.validation.tuners.mode_layers import ModeLinear

GOLDEN = json.loads((Path(__file__).parents[1] / "golden.json").read_text(encoding="utf-8"))
ENTRY = GOLDEN["aurora_mode_approximation"]
GIVEN = {
    name: torch.tensor(values, dtype=torch.float64) for name, values in ENTRY["inputs"].items()
}


def changed(**other):
    """The matrix of the golden entry, some of its tensors replaced."""
    given = {**GIVEN, **other}
    outputs, inputs = given["W"].shape
    frozen = torch.nn.Linear(inputs, outputs, dtype=torch.float64)
    shared = [torch.nn.Parameter(given[name]) for name in ("U", "C", "V")]
    matrix = ModeLinear(frozen, *shared, dropout=0.1).eval()
    with torch.no_grad():
        frozen.weight.copy_(given["W"])
        frozen.bias.copy_(given["bias"])
        matrix.mode.copy_(given["p"])
    return matrix


def test_the_output_is_the_published_one():
    expected = torch.tensor(ENTRY["outputs"]["output"], dtype=torch.float64)
    assert torch.allclose(changed()(GIVEN["hidden"]), expected, rtol=1e-6)


def test_v_of_zeros_changes_nothing():
    matrix = changed(V=torch.zeros_like(GIVEN["V"]))
    assert torch.equal(matrix(GIVEN["hidden"]), matrix.frozen(GIVEN["hidden"]))


def test_a_diagonal_c_scales_each_of_the_rank_by_its_p():
    """h (V diag(p) U)^T"""
    rank = len(GIVEN["p"])
    diagonal = torch.zeros(rank, rank, rank, dtype=torch.float64)
    diagonal[range(rank), range(rank), range(rank)] = 1.0
    matrix = changed(C=diagonal)
    change = matrix(GIVEN["hidden"]) - matrix.frozen(GIVEN["hidden"])
    expected = GIVEN["hidden"] @ (GIVEN["V"] @ torch.diag(GIVEN["p"]) @ GIVEN["U"]).T
    assert torch.allclose(change, expected, rtol=1e-9, atol=1e-12)
