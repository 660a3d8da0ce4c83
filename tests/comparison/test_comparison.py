"""Selections side by side: cells with their bands, lists, composition; nothing depends on order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.comparison.comparison import Entry, compare_entries, random_draws
from delift_core.comparison.composition import composition, composition_by
from delift_core.errors import InvalidConstraint
from delift_core.selection.baselines.random import random_order
from delift_core.selection.constraints import Restrictions
from delift_core.selection.curves import RANDOM_SEEDS, random_band
from delift_core.selection.greedy import gains_of_order, greedy_selection, selection_in_order
from delift_core.selection.settle import settle
from tests.comparison.drawn import drawn_inputs, permuted

SEEDS = st.integers(0, 1_000)


def entry_of(name, rows, constraints):
    return Entry(name, selection_in_order(None, constraints, np.array(rows), name), constraints)


def drawn_comparison(size=10, seed=0, fields=("topic",)):
    inputs = drawn_inputs(size, seed)
    constraints = settle(4, size, inputs.pool_pass.response_tokens)
    generator = np.random.default_rng(seed)
    entries = [
        entry_of(name, generator.permutation(size)[:4], constraints) for name in ("a", "b", "c")
    ]
    return inputs, compare_entries(inputs, entries, fields)


def test_every_cell_stands_beside_at_least_eight_random_selections():
    inputs, compared = drawn_comparison()
    assert len(RANDOM_SEEDS) >= 8
    for number, measure in enumerate(compared.measures):
        constraints = compared.entries[0].constraints
        rows = [random_order(constraints, seed) for seed in RANDOM_SEEDS]
        random = measure.values(inputs, rows)
        cell = compared.cell(number, 0)
        assert (cell.low, cell.high) == (random.min(), random.max())
        assert cell.mean == pytest.approx(random.mean())
        assert cell.value == measure.values(inputs, [compared.entries[0].rows])[0]
        if random.std() > 0:
            assert cell.z == pytest.approx((cell.value - random.mean()) / random.std(ddof=1))


@pytest.mark.parametrize("budget", [5, "30 tokens"])
def test_the_band_of_coverage_is_that_of_the_curve_under_pins_excludes_and_quotas(budget):
    inputs = drawn_inputs(12)
    topics = [example.extra["topic"] for example in inputs.pool]
    restrictions = Restrictions([3], [1], topics, {topics[3]: 2})
    constraints = settle(budget, 12, inputs.pool_pass.response_tokens, restrictions)
    objective = inputs.coverage["pool"]
    chosen = greedy_selection(objective, constraints)
    compared = compare_entries(inputs, [Entry("ours", chosen, constraints)])
    lowest, highest = random_band(objective, constraints, chosen)
    cell = compared.cell(0, 0)
    assert (cell.low, cell.high) == pytest.approx((lowest[-1], highest[-1]))
    assert cell.value == pytest.approx(chosen.value / objective.whole)
    for drawn in compared.draws[0].rows:
        assert drawn[0] == 3 and 1 not in drawn
        assert sum(topics[row] == topics[3] for row in drawn) <= 2
        assert constraints.costs[drawn].sum() <= constraints.limit


def test_random_selections_are_drawn_once_for_entries_that_share_their_constraints():
    inputs = drawn_inputs(8)
    shared, other = settle(3, 8), settle(2, 8)
    asked = []

    def draw(constraints):
        asked.append(constraints)
        return random_draws(inputs, constraints)

    entries = [entry_of("a", [0, 1, 2], shared), entry_of("b", [3, 1, 2], shared)]
    compared = compare_entries(inputs, [*entries, entry_of("c", [4, 5], other)])
    assert compared.draws[0] is compared.draws[1]
    assert compared.draws[2] is not compared.draws[0]
    compare_entries(inputs, entries, draw=draw)
    assert asked == [shared, shared]


def test_the_lists_are_in_order_of_choice_and_make_up_the_selection():
    _, compared = drawn_comparison()
    first, second = compared.entries[0].rows.tolist(), compared.entries[1].rows.tolist()
    assert compared.only_in(0, 1).tolist() == [row for row in first if row not in second]
    assert compared.only_in(1, 0).tolist() == [row for row in second if row not in first]
    assert compared.in_both(0, 1).tolist() == [row for row in first if row in second]


@settings(max_examples=20)
@given(size=st.integers(5, 12), seed=SEEDS)
def test_a_permuted_pool_gives_the_permuted_comparison(size, seed):
    inputs, compared = drawn_comparison(size, seed)
    order = np.random.default_rng(seed + 1).permutation(size)
    position = np.argsort(order)
    entries = [
        replace(entry, selection=replace(entry.selection, indices=position[entry.rows]))
        for entry in compared.entries
    ]
    moved = compare_entries(permuted(inputs, order), entries, ("topic",))
    assert moved.values == pytest.approx(compared.values, rel=1e-5, abs=1e-6)
    assert moved.jaccard.tolist() == compared.jaccard.tolist()
    assert moved.rank_correlation == pytest.approx(compared.rank_correlation, nan_ok=True)
    assert order[moved.only_in(0, 1)].tolist() == compared.only_in(0, 1).tolist()
    counted = dict(zip(compared.compositions[0].values, compared.compositions[0].chosen.T.tolist()))
    again = dict(zip(moved.compositions[0].values, moved.compositions[0].chosen.T.tolist()))
    assert again == counted


def test_a_composition_counts_every_value_beside_the_pool_and_chance():
    inputs, compared = drawn_comparison(12)
    found = compared.compositions[0]
    topics = [example.extra["topic"] for example in inputs.pool]
    assert found.pool.tolist() == sorted(found.pool.tolist(), reverse=True)
    assert {value: topics.count(value) for value in topics} == dict(zip(found.values, found.pool))
    assert found.chosen.sum(axis=1).tolist() == [4, 4, 4]
    for number, value in enumerate(found.values):
        rows = compared.entries[1].rows
        assert found.chosen[1, number] == sum(topics[row] == value for row in rows)
        drawn = [sum(topics[row] == value for row in rows) for rows in compared.draws[1].rows]
        assert found.lowest[1, number] == min(drawn)
        assert found.highest[1, number] == max(drawn)


def test_a_group_that_nothing_is_chosen_of_has_no_distance_and_the_whole_pool_has_none_to_itself():
    inputs, _ = drawn_comparison()
    whole = composition(inputs.pool, "topic", [np.arange(10)], [[]], inputs.embeddings)
    assert whole.distances == pytest.approx(np.zeros_like(whole.distances))
    one = composition(inputs.pool, "topic", [np.array([0])], [[]], inputs.embeddings)
    assert np.isfinite(one.distances).sum() == 1
    assert composition(inputs.pool, "topic", [np.array([0])], [[]]).distances is None


def test_a_field_that_no_row_has_is_refused():
    inputs, _ = drawn_comparison()
    with pytest.raises(InvalidConstraint, match="no field 'colour'"):
        composition(inputs.pool, "colour", [], [])


def test_measures_without_a_basis_are_absent_with_their_sentence():
    inputs, compared = drawn_comparison()
    assert list(compared.absent) == ["wrong_answers"]
    bare = replace(inputs, coverage={}, target_pass=None, unprompted_pass=None)
    compared = compare_entries(bare, compared.entries)
    assert {"coverage", "target_coverage", "mmd_target", "ifd"} < set(compared.absent)
    assert len(compared.measures) == len(compared.values)


def test_gains_of_an_order_add_up_to_its_coverage():
    inputs, compared = drawn_comparison()
    objective, rows = inputs.coverage["pool"], compared.entries[0].rows
    gains = gains_of_order(objective, rows)
    assert compared.cell(0, 0).value == pytest.approx(gains.sum() / objective.whole)


def test_a_set_that_was_measured_is_not_measured_again_in_another_order(monkeypatch):
    inputs, compared = drawn_comparison()
    worked_out = dict(inputs.measured)
    entries = [
        replace(entry, selection=replace(entry.selection, indices=entry.rows[::-1]))
        for entry in compared.entries
    ]
    monkeypatch.setattr("delift_core.comparison.measures.vendi.vendi_score", lambda points: 1 / 0)
    again = compare_entries(inputs, entries)
    assert again.values.tolist() == compared.values.tolist()
    assert inputs.measured.keys() == worked_out.keys()


def test_values_that_differ_in_their_last_letter_only_are_groups_of_their_own():
    made = composition_by("field", ["a\0", "b", "a\0"], [np.array([0])], [[]])
    assert made.pool.tolist() == [2, 1] and made.chosen.tolist() == [[1, 0]]
