"""The Vendi score in single precision, beside the singular values of the same points in double."""

import numpy as np
import pytest

from delift_core.comparison.measures import vendi as measuring
from delift_core.comparison.measures.vendi import vendi_score
from delift_core.selection.embedding_kernels import unit

WIDTH = 300
KINDS = {
    "everywhere": lambda points: points,
    "in a narrow cone": lambda points: points + 30,
    "in ever narrower directions": lambda points: points * np.geomspace(1, 1e-4, WIDTH),
    "of three kinds": lambda points: points[np.arange(len(points)) % 3],
    "all alike": lambda points: points[np.zeros(len(points), dtype=int)],
}


def drawn(kind, count):
    """(count, WIDTH) float32 unit vectors."""
    points = np.random.default_rng(0).normal(size=(count, WIDTH))
    return unit(KINDS[kind](points)).astype(np.float32)


@pytest.mark.parametrize("count", [WIDTH // 2, 2 * WIDTH])
@pytest.mark.parametrize("kind", KINDS)
def test_single_precision_is_exact_to_one_in_ten_thousand(kind, count):
    points = drawn(kind, count)
    singular = np.linalg.svd(points.astype(np.float64) / np.sqrt(count), compute_uv=False)
    shares = singular[singular > 1e-9] ** 2
    assert vendi_score(points) == pytest.approx(np.prod(shares**-shares), rel=1e-4)


def test_eigenvalues_are_worked_out_again_only_where_rounding_would_show(monkeypatch):
    precisions = []

    def watched(points, work_out=measuring.cosine_eigenvalues):
        precisions.append(points.dtype.name)
        return work_out(points)

    monkeypatch.setattr(measuring, "cosine_eigenvalues", watched)
    vendi_score(drawn("everywhere", 2 * WIDTH))
    assert precisions == ["float32"]
    vendi_score(drawn("all alike", 2 * WIDTH))
    assert precisions == ["float32", "float32", "float64"]
