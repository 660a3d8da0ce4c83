"""From utilities to similarities: clip, scale and diagonal, by hand and as laws."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from delift_core.errors import UnknownChoice
from delift_core.scoring.kernel import Alone, Measure, UtilityKernel, similarities
from delift_core.scoring.transforms import Diagonal, Transform

NAN = np.nan
HAND = [[0.9, -0.2, 0.1], [0.3, 0.8, NAN], [-0.5, -0.4, 0.7]]
numbers = st.one_of(st.floats(-1, 1, width=32), st.just(float("nan")))
squares = st.integers(1, 6).flatmap(
    lambda side: arrays.arrays(np.float32, (side, side), elements=numbers)
)
rectangles = arrays.arrays(
    np.float32, arrays.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=numbers
)
choices = st.tuples(st.sampled_from(Measure), st.sampled_from(Transform), st.sampled_from(Diagonal))


def kernel_of(values, square=True, pmi=None):
    values = np.asarray(values, np.float32)
    return UtilityKernel(
        values,
        values * 3 if pmi is None else pmi,
        np.zeros(values.shape, bool),
        np.ones(len(values), np.float32),
        square,
    )


@pytest.mark.parametrize(
    ("transform", "diagonal", "expected"),
    [
        ("clip", "kept", [[0.9, 0, 0.1], [0.3, 0.8, 0], [0, 0, 0.7]]),
        ("clip", "masked", [[0, 0, 0.1], [0.3, 0, 0], [0, 0, 0]]),
        ("clip", "capped", [[0.1, 0, 0.1], [0.3, 0.3, 0], [0, 0, 0]]),
        ("raw", "kept", [[0.9, -0.2, 0.1], [0.3, 0.8, 0], [-0.5, -0.4, 0.7]]),
        ("raw", "capped", [[0.1, -0.2, 0.1], [0.3, 0.3, 0], [-0.5, -0.4, -0.4]]),
        # low -.5, high .3 off the diagonal
        ("minmax", "capped", [[0.75, 0.375, 0.75], [1, 1, 0], [0, 0.125, 0.125]]),
        ("minmax", "kept", [[1, 0.375, 0.75], [1, 1, 0], [0, 0.125, 1]]),
        ("minmax", "masked", [[0, 0.375, 0.75], [1, 0, 0], [0, 0.125, 0]]),
    ],
)
def test_transforms_and_diagonals_by_hand(transform, diagonal, expected):
    np.testing.assert_allclose(
        kernel_of(HAND).similarity("l2", transform, diagonal), expected, atol=1e-6
    )


def test_the_default_is_the_clipped_and_capped_distance():
    kernel = kernel_of(HAND)
    np.testing.assert_array_equal(kernel.similarity(), kernel.similarity("l2", "clip", "capped"))
    np.testing.assert_allclose(kernel.similarity(measure="pmi"), kernel.similarity() * 3, atol=1e-6)


def test_a_rectangular_kernel_has_no_diagonal_even_when_its_sides_are_equal():
    np.testing.assert_allclose(
        kernel_of(HAND, square=False).similarity(),
        [[0.9, 0, 0.1], [0.3, 0.8, 0], [0, 0, 0.7]],
        atol=1e-6,
    )
    assert kernel_of([[0.1, 0.2, -0.3]], square=False).similarity().shape == (1, 3)


def test_all_kernels_of_a_run_share_one_scale():
    run = {
        "pool": kernel_of([[9, 0.1], [0.3, 9]]),
        "target": kernel_of([[0.5, -0.3]], square=False),
    }
    scaled = similarities(run, transform="minmax")
    # low -.3, high .5; the diagonal's 9 is no end
    np.testing.assert_allclose(scaled["target"], [[1, 0]], atol=1e-6)
    np.testing.assert_allclose(scaled["pool"], [[0.5, 0.5], [0.75, 0.75]], atol=1e-6)


@given(blocks=st.lists(rectangles, min_size=1, max_size=4))
def test_scaling_keeps_the_order_of_pairs_across_kernels(blocks):
    scaled = similarities(
        {str(at): kernel_of(block, square=False) for at, block in enumerate(blocks)},
        transform="minmax",
    )
    before = np.concatenate([block.ravel() for block in blocks])
    after = np.concatenate([scaled[str(at)].ravel() for at in range(len(blocks))])
    scored = np.isfinite(before)
    order = np.argsort(before[scored], kind="stable")
    assert (np.diff(after[scored][order]) >= -1e-6).all()
    assert ((after >= 0) & (after <= 1)).all()


@pytest.mark.parametrize("value", [0.0, 0.4, -0.4])
def test_a_constant_kernel_scaled_is_all_zeros(value):
    constant = kernel_of(np.where(np.eye(3, dtype=bool), 0.9, value))
    for diagonal in Diagonal:
        assert not constant.similarity(transform="minmax", diagonal=diagonal).any()
    assert not kernel_of(np.full((2, 3), value), square=False).similarity(transform="minmax").any()


@given(values=squares, choice=choices)
def test_similarities_are_finite_float32_and_leave_the_kernel_as_it_was(values, choice):
    kernel = kernel_of(values)
    before = kernel.values.copy(), kernel.pmi.copy()
    similarity = kernel.similarity(*choice)
    assert similarity.dtype == np.float32 and similarity.shape == values.shape
    assert np.isfinite(similarity).all()
    np.testing.assert_array_equal(kernel.values, before[0])
    np.testing.assert_array_equal(kernel.pmi, before[1])


@given(values=squares.filter(lambda values: len(values) > 1), transform=st.sampled_from(Transform))
def test_a_capped_example_covers_itself_as_well_as_its_best_other_helper(values, transform):
    similarity = kernel_of(values).similarity(transform=transform, diagonal="capped")
    others = np.where(np.eye(len(values), dtype=bool), -np.inf, similarity)
    np.testing.assert_array_equal(np.diagonal(similarity), others.max(axis=1))


@given(values=squares, transform=st.sampled_from(Transform))
def test_diagonals_change_nothing_off_the_diagonal(values, transform):
    off = ~np.eye(len(values), dtype=bool)
    capped, masked, kept = (
        kernel_of(values).similarity("l2", transform, diagonal)
        for diagonal in ("capped", "masked", "kept")
    )
    np.testing.assert_array_equal(capped[off], kept[off])
    np.testing.assert_array_equal(masked[off], kept[off])
    assert not np.diagonal(masked).any()


@given(values=squares, first=st.data())
def test_permuting_a_kernel_permutes_its_similarities(values, first):
    order = np.array(first.draw(st.permutations(range(len(values)))))
    for transform in Transform:
        np.testing.assert_array_equal(
            kernel_of(values[np.ix_(order, order)]).similarity(transform=transform),
            kernel_of(values).similarity(transform=transform)[np.ix_(order, order)],
        )


def test_pairs_that_were_not_scored_are_worth_nothing():
    for transform in Transform:
        similarity = kernel_of([[NAN, NAN, NAN], [0.2, 0.9, 0.4], [0.3, 0.1, 0.9]]).similarity(
            transform=transform
        )
        assert not similarity[0].any()
    assert not kernel_of(np.full((2, 2), NAN)).similarity(transform="minmax").any()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"measure": "l1"}, "measure 'l1' is not known. Choose one of l2, pmi."),
        ({"transform": "log"}, "transform 'log' is not known. Choose one of clip, raw, minmax."),
        ({"diagonal": "gone"}, "diagonal 'gone' is not known. Choose one of capped, masked, kept."),
    ],
)
def test_an_unknown_choice_lists_the_known_ones(options, sentence):
    with pytest.raises(UnknownChoice, match=f"^{sentence}$"):
        kernel_of(HAND).similarity(**options)


def test_a_kernel_is_made_of_the_planes_tiles_are_stored_in():
    planes = np.array([[[0.1, 0.2]], [[1.0, 2.0]], [[1.0, 0.0]]], np.float32)
    alone = Alone(
        np.float32([0.7]),
        np.float32([-1.0]),
        np.array([3]),
        np.array([9]),
        np.array([False]),
        np.zeros((1, 4), np.float32),
    )
    kernel = UtilityKernel.from_planes(planes, alone, square=False)
    np.testing.assert_array_equal(kernel.values, planes[0])
    np.testing.assert_array_equal(kernel.pmi, planes[1])
    assert kernel.truncated.tolist() == [[True, False]]
    assert kernel.alone.tolist() == pytest.approx([0.7]) and not kernel.square


@pytest.mark.parametrize("module", ["delift_core.scoring.kernel", "delift_core.scoring.plan"])
def test_kernels_and_plans_are_read_without_the_machinery_that_scores(module):
    heavy = (
        f"import sys, {module}; print(sorted(set(sys.modules) & {{'torch', 'transformers',"
        " 'tokenizers', 'streamlit'}))"
    )
    result = subprocess.run(
        [sys.executable, "-c", heavy], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() == "[]"
