"""Held-out coverage: by hand, beside random selections, and over rows that a plan sampled."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import delift_core as delift
from delift_core.comparison.held_out import held_out_objective
from delift_core.scoring.kernel import UtilityKernel
from delift_core.scoring.pair_sampling import PairSample
from delift_core.scoring.plan import PlanKind
from delift_core.selection.curves import RANDOM_SEEDS
from delift_core.selection.outcome import coverage_of_examples
from tests.comparison.drawn import drawn_pool

VALUES = [[0.5, -0.2, 0.1, 0.0], [-0.1, -0.3, 0.4, 0.2], [-0.5, -0.1, -0.2, -0.3]]


def kernel_of(values, sample=None):
    values = np.asarray(values, dtype=np.float32)  # (held out, pool)
    nothing = np.zeros(values.shape, bool)
    return UtilityKernel(values, values, nothing, np.ones(len(values)), False, sample)


def measured(pool, values, **selections):
    """The cell of held-out coverage of each selection."""
    compared = delift.compare(pool, selections, kernel={"held_out_pool": kernel_of(values)})
    number = [measure.name for measure in compared.measures].index("held_out_coverage")
    return compared, [compared.cell(number, entry) for entry in range(len(selections))]


def test_held_out_coverage_by_hand():
    """(max(0, 0) + max(0, .2) + 0) / (.5 + .4 + 0): negative utilities are no help."""
    objective = held_out_objective(kernel_of(VALUES))
    assert coverage_of_examples(np.array([1, 3]), objective) == pytest.approx(0.2 / 0.9)
    assert coverage_of_examples(np.array([0, 2]), objective) == pytest.approx(1.0)
    assert coverage_of_examples(np.array([1]), objective) == 0.0


@given(st.integers(0, 500))
def test_it_is_a_share_that_never_falls_and_that_the_whole_pool_has(seed):
    generator = np.random.default_rng(seed)
    objective = held_out_objective(kernel_of(generator.normal(size=(4, 7))))
    order = generator.permutation(7)
    shares = [coverage_of_examples(order[:count], objective) for count in range(1, 8)]
    assert all(0 <= share <= 1 + 1e-9 for share in shares)
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)


def test_a_sampled_row_counts_for_those_that_it_stands_for():
    mask = np.zeros((3, 4), bool)
    mask[:2] = True
    values = np.where(mask, VALUES, np.nan)
    sample = PairSample(PlanKind.SAMPLED, mask, np.zeros(3, int), np.array([2.0, 1.0, 0.0]))
    objective = held_out_objective(kernel_of(values, sample))
    assert coverage_of_examples(np.array([3]), objective) == pytest.approx(0.2 / (2 * 0.5 + 0.4))


def test_the_band_and_the_z_value_are_those_of_random_selections_worked_out_one_by_one():
    generator = np.random.default_rng(3)
    pool, values = drawn_pool(generator, 12), generator.normal(size=(5, 12))
    chosen = delift.choose("random", pool, budget=4, seed=77, pins=[pool[2].id])
    _, (cell,) = measured(pool, values, chosen=chosen)
    help = np.maximum(values.astype(np.float32), 0)
    randoms = [
        delift.choose("random", pool, budget=4, seed=seed, pins=[pool[2].id]).indices
        for seed in RANDOM_SEEDS
    ]
    by_hand = [help[:, rows].max(axis=1).sum() / help.max(axis=1).sum() for rows in randoms]
    value = help[:, chosen.indices].max(axis=1).sum() / help.max(axis=1).sum()
    assert len(by_hand) >= 8
    assert cell.value == pytest.approx(value)
    assert (cell.low, cell.high) == pytest.approx((min(by_hand), max(by_hand)))
    assert cell.z == pytest.approx((value - np.mean(by_hand)) / np.std(by_hand, ddof=1), rel=1e-4)


def test_no_method_optimises_it_and_without_a_kernel_it_says_what_is_missing():
    pool = drawn_pool(np.random.default_rng(0), 6)
    chosen = delift.choose("random", pool, budget=2)
    compared, _ = measured(pool, np.ones((2, 6)), chosen=chosen)
    measures = {measure.name: measure for measure in compared.measures}
    assert measures["held_out_coverage"].optimised_by == ()
    without = delift.compare(pool, {"chosen": chosen})
    assert "--held-out" in without.absent["held_out_coverage"]
