"""Every measure by brute force on small inputs, and what holds of the whole pool and of order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.comparison.inputs import ComparisonInputs
from delift_core.comparison.measure import Better, Unit
from delift_core.comparison.register import MEASURES
from delift_core.data.near_duplicates import is_near
from delift_core.data.word_edits import folded_text
from delift_core.selection.methods import methods
from tests.comparison.drawn import drawn_inputs, permuted

BY_NAME = {measure.name: measure for measure in MEASURES}
DRAWN = [measure for measure in MEASURES if measure.name != "wrong_answers"]
SEEDS = st.integers(0, 1_000)
SIZES = st.integers(2, 12)
each_measure = pytest.mark.parametrize("measure", DRAWN, ids=lambda measure: measure.name)


def some_rows(size, seed):
    """Two or more examples in some order, so that every measure has a value."""
    generator = np.random.default_rng(seed)
    return generator.permutation(size)[: generator.integers(2, size + 1)]


def brute_coverage(inputs, rows, role):
    similarity = inputs.coverage[role].similarity
    best = [max(line[index] for index in rows) for line in similarity]
    return sum(best) / sum(map(max, similarity))


def brute_embedding_coverage(inputs, rows):
    points = inputs.pool_pass.embedding.astype(float)
    best = [max(1 + point @ points[index] for index in rows) for point in points]
    return sum(best) / sum(1 + point @ point for point in points)


def brute_vendi(inputs, rows):
    points = inputs.pool_pass.embedding.astype(float)[rows]
    shares = np.linalg.svd(points / np.sqrt(len(rows)), compute_uv=False) ** 2
    return np.prod([share**-share for share in shares if share > 1e-12])


def kernel_value(first, second, sigma):
    return np.exp(-(((first - second) ** 2).sum()) / (2 * sigma**2))


def pool_width(points):
    """The root of the median squared distance of two examples."""
    squares = [((points[a] - points[b]) ** 2).sum() for b in range(len(points)) for a in range(b)]
    return np.sqrt(np.median(squares))


def brute_mmd_pool(inputs, rows):
    points = inputs.pool_pass.embedding.astype(float)
    width = pool_width(points)
    within = np.mean([kernel_value(points[a], points[b], width) for a in rows for b in rows])
    between = np.mean([kernel_value(points[a], point, width) for a in rows for point in points])
    whole = np.mean([kernel_value(a, b, width) for a in points for b in points])
    return within - 2 * between + whole


def brute_mmd_target(inputs, rows):
    points, target = (
        alone.embedding.astype(float) for alone in (inputs.pool_pass, inputs.target_pass)
    )
    width = pool_width(points)
    own = [kernel_value(points[a], points[b], width) for a in rows for b in rows if a != b]
    others = [
        kernel_value(target[a], target[b], width) for a in range(3) for b in range(3) if a != b
    ]
    between = [kernel_value(points[a], point, width) for a in rows for point in target]
    return np.mean(own) + np.mean(others) - 2 * np.mean(between)


def brute_near_duplicates(inputs, rows):
    """All drawn near-duplicates differ in capitals only, so that nearness is an equivalence."""
    texts = [
        (folded_text(inputs.pool[row].prompt), folded_text(inputs.pool[row].response))
        for row in rows
    ]
    return sum(
        any(is_near(earlier, text) for earlier in texts[:at]) for at, text in enumerate(texts)
    )


def brute_ifd(inputs, rows):
    prompted, unprompted = inputs.pool_pass.log_probability, inputs.unprompted_pass.log_probability
    return np.mean([np.exp(float(unprompted[row] - prompted[row])) for row in rows])


BRUTE = {
    "coverage": lambda inputs, rows: brute_coverage(inputs, rows, "pool"),
    "target_coverage": lambda inputs, rows: brute_coverage(inputs, rows, "target"),
    "held_out_coverage": lambda inputs, rows: brute_coverage(inputs, rows, "held_out"),
    "embedding_coverage": brute_embedding_coverage,
    "vendi": brute_vendi,
    "mmd_pool": brute_mmd_pool,
    "mmd_target": brute_mmd_target,
    "near_duplicates": brute_near_duplicates,
    "tokens": lambda inputs, rows: sum(inputs.pool_pass.response_tokens[row] for row in rows),
    "median_length": lambda inputs, rows: np.median(
        [inputs.pool_pass.response_tokens[row] for row in rows]
    ),
    "nll": lambda inputs, rows: np.mean([-inputs.pool_pass.log_probability[r] for r in rows]),
    "ifd": brute_ifd,
}


def test_every_measure_has_a_brute_twin():
    assert set(BRUTE) == {measure.name for measure in DRAWN}


@each_measure
@settings(max_examples=20)
@given(size=SIZES, seed=SEEDS)
def test_a_measure_is_what_brute_force_gives(measure, size, seed):
    inputs, rows = drawn_inputs(size, seed), some_rows(size, seed)
    expected = BRUTE[measure.name](inputs, rows)
    assert measure.values(inputs, [rows])[0] == pytest.approx(expected, rel=1e-5, abs=1e-6)


@each_measure
@settings(max_examples=20)
@given(size=SIZES, seed=SEEDS)
def test_a_permuted_pool_gives_the_same_values_and_so_does_another_order(measure, size, seed):
    inputs, rows = drawn_inputs(size, seed), some_rows(size, seed)
    order = np.random.default_rng(seed + 1).permutation(size)
    moved = permuted(inputs, order)
    same_rows = np.argsort(order)[rows]
    found = measure.values(inputs, [rows, rows[::-1]])
    assert found[1] == pytest.approx(found[0], rel=1e-9)
    assert measure.values(moved, [same_rows])[0] == pytest.approx(found[0], rel=1e-5, abs=1e-6)


@settings(max_examples=20)
@given(size=SIZES, seed=SEEDS)
def test_the_whole_pool_covers_everything_and_is_at_no_distance_from_itself(size, seed):
    inputs, whole = drawn_inputs(size, seed), [np.arange(size)]
    for name in ("coverage", "target_coverage", "held_out_coverage", "embedding_coverage"):
        assert BY_NAME[name].values(inputs, whole)[0] == pytest.approx(1)
    assert BY_NAME["mmd_pool"].values(inputs, whole)[0] == pytest.approx(0, abs=1e-7)


@given(size=SIZES, seed=SEEDS)
def test_the_vendi_score_counts_examples_between_one_and_all(size, seed):
    inputs, rows = drawn_inputs(size, seed), some_rows(size, seed)
    assert 1 - 1e-5 <= BY_NAME["vendi"].values(inputs, [rows])[0] <= len(rows) + 1e-5
    alike = np.repeat(inputs.pool_pass.embedding[:1], size, axis=0)
    same = replace(inputs, pool_pass=replace(inputs.pool_pass, embedding=alike))
    assert BY_NAME["vendi"].values(same, [rows])[0] == pytest.approx(1, rel=1e-5)


def test_an_example_without_a_likelihood_is_left_out_of_the_mean():
    inputs = drawn_inputs(4)
    log_probability = np.array([-1, np.nan, -3, np.nan], np.float32)
    inputs = replace(inputs, pool_pass=replace(inputs.pool_pass, log_probability=log_probability))
    values = BY_NAME["nll"].values(inputs, [np.array([0, 1, 2]), np.array([1, 3])])
    assert values[0] == 2 and np.isnan(values[1])


def test_wrong_answers_are_those_planted_in_the_demo():
    from delift_core.runs.store import bundled_run

    run = bundled_run()
    inputs = ComparisonInputs(run.pool)
    ids = [example.id for example in run.pool]
    rows = np.array([ids.index(id) for id in ("convert-05", "arith-08", "arith-01")])
    assert BY_NAME["wrong_answers"].values(inputs, [rows, np.arange(160)]).tolist() == [2, 12]


def test_a_measure_without_its_basis_says_what_is_missing():
    bare = ComparisonInputs(drawn_inputs(3).pool.sample(1))
    for measure in MEASURES:
        assert measure.absent(bare).endswith(".")
    assert "--target" in BY_NAME["target_coverage"].absent(bare)
    complete = drawn_inputs(8)
    assert [measure.name for measure in MEASURES if measure.absent(complete)] == ["wrong_answers"]


def test_a_large_pool_is_not_compared_two_by_two(monkeypatch):
    monkeypatch.setattr("delift_core.comparison.inputs.PAIRED_MOST", 5)
    inputs = drawn_inputs(6)
    absent = {measure.name for measure in MEASURES if measure.absent(inputs)}
    assert absent >= {"embedding_coverage", "mmd_pool", "mmd_target"}
    assert BY_NAME["vendi"].absent(inputs) is None
    assert "pools of up to" in BY_NAME["mmd_pool"].absent(inputs)


def test_every_measure_is_described_and_names_methods_that_exist():
    assert len(BY_NAME) == len(MEASURES)
    for measure in MEASURES:
        assert measure.title and measure.sentence.endswith(".") and measure.basis
        assert measure.unit in Unit and measure.better in Better
        assert set(measure.optimised_by) <= set(methods())
