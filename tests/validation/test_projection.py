"""Projection by random signs: inner products stay within the stated error."""

import numpy as np
import pytest
import torch

from delift_core.validation.projection import SIGN_ROWS, cosine_error, projected, sign_blocks


@pytest.mark.parametrize("dimension", [64, 1024])
def test_cosines_stay_within_the_stated_error(dimension):
    """Of 780 pairs of 40 vectors: the mean square error is the stated one or less, none is wild."""
    generator = torch.Generator().manual_seed(0)
    shared = torch.randn(1, 3000, generator=generator)
    vectors = torch.randn(40, 3000, generator=generator) + shared
    vectors = vectors / vectors.norm(dim=1, keepdim=True)
    short = projected(vectors, dimension, seed=0)
    pairs = np.triu_indices(40, 1)
    exact = (vectors @ vectors.T).numpy()[pairs]
    errors = (short @ short.T).numpy()[pairs] - exact
    stated = np.sqrt((1 + exact**2) / dimension)
    assert (stated <= cosine_error(dimension)).all()
    assert np.mean((errors / stated) ** 2) < 1.5
    assert np.abs(errors / stated).max() < 5


def test_a_projection_is_linear_and_the_same_for_any_number_of_rows():
    vectors = torch.randn(3, SIGN_ROWS + 100, dtype=torch.float64)
    together = projected(vectors, 32, seed=1)
    for row, expected in zip(vectors, together):
        assert torch.allclose(projected(row[None], 32, seed=1)[0], expected)
    total = projected(vectors.sum(0, keepdim=True), 32, seed=1)
    assert torch.allclose(total, together.sum(0, keepdim=True))
    assert not torch.allclose(projected(vectors, 32, seed=2), together)


def test_the_signs_are_ones_half_positive_and_differ_from_block_to_block():
    blocks = sign_blocks(64, seed=0)
    first, second = next(blocks), next(blocks)
    assert set(first.unique().tolist()) == {-1.0, 1.0}
    assert abs(float(first.mean())) < 0.01
    assert not torch.equal(first, second)
