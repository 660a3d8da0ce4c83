"""Greedy: the golden order, the naive twin pick by pick, and what a selection promises."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.errors import InvalidBudget
from delift_core.selection.greedy import maximise
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import build_objective, facility_location, flqmi, flvmi

GOLDEN = json.loads((Path(__file__).parent / "objectives.json").read_text())
GOLDEN_NAMES = dict(zip(["FL", "FLQMI", "FLVMI", "FLCG", "FLCMI"], ObjectiveName, strict=True))
KERNELS = ("pool_pool", "target_pool", "pool_target", "pool_known")
SNAPS = (2, 16, 2**24)  # ties everywhere, many ties, hardly any


def naive(objective, count, pins=(), allowed=lambda index, chosen: True):
    """The twin of lazy greedy: every gain at every turn, the first of the highest."""
    chosen, gains, coverage = [], [], objective.floor
    while len(chosen) < count:
        free = [j for j in range(objective.size) if j not in chosen and allowed(j, chosen)]
        now = {j: objective.gain(j, coverage) for j in free}
        pick = pins[len(chosen)] if len(chosen) < len(pins) else max(now, key=now.get)
        chosen, gains = [*chosen, pick], [*gains, objective.gain(pick, coverage)]
        coverage = objective.coverage(chosen)
    return chosen, gains


@st.composite
def objectives(draw, snaps=SNAPS, longest=24):
    """Any of the five objectives on similarities snapped to a grid, so that ties are common and
    sums exact.
    """
    rng, snap = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.sampled_from(snaps))
    pool, target, known = (
        draw(st.integers(1, longest)),
        draw(st.integers(1, 5)),
        draw(st.integers(0, 5)),
    )
    shapes = {
        "pool_pool": (pool, pool),
        "target_pool": (target, pool),
        "pool_target": (pool, target),
        "pool_known": (pool, known),
    }
    world = {
        name: (np.floor(rng.random(shape) ** 3 * snap) / snap).astype(np.float32)
        for name, shape in shapes.items()
    }
    return build_objective(
        draw(st.sampled_from(ObjectiveName)),
        world,
        *draw(st.sampled_from([(1, 1), (0.5, 0.5), (0, 1), (2, 0.25)])),
    )


@pytest.mark.parametrize("golden, name", GOLDEN_NAMES.items())
def test_the_golden_order_gains_and_value_are_reproduced(golden, name):
    expected = GOLDEN["objectives"][golden]
    objective = build_objective(
        name, {kernel: np.array(GOLDEN[kernel], dtype=np.float32) for kernel in KERNELS}
    )
    chosen = maximise(objective, GOLDEN["budget"])
    assert chosen.indices.tolist() == expected["order"]
    assert chosen.gains == pytest.approx(expected["gains"], abs=1e-6)
    assert chosen.value == pytest.approx(expected["value"], abs=1e-6)
    assert chosen.saturated_at == (9 if golden == "FLCMI" else None)


@settings(max_examples=200)
@given(objective=objectives())
def test_lazy_equals_naive_pick_by_pick(objective):
    chosen = maximise(objective, objective.size)
    picks, gains = naive(objective, objective.size)
    assert chosen.indices.tolist() == picks and chosen.gains.tolist() == gains


def test_lazy_equals_naive_on_unsnapped_similarities():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        objective = facility_location((rng.random((90, 60)) ** 4).astype(np.float32))
        chosen, (picks, gains) = maximise(objective, 60), naive(objective, 60)
        assert chosen.indices.tolist() == picks and chosen.gains.tolist() == gains


@given(objective=objectives(longest=12))
def test_each_pick_is_the_lowest_of_the_best_given_those_before_it(objective):
    order = maximise(objective, objective.size).indices.tolist()
    for turn, pick in enumerate(order):
        values = {j: objective.value([*order[:turn], j]) for j in sorted(order[turn:])}
        assert pick == max(values, key=lambda j: (round(values[j], 9), -j))


@given(objective=objectives())
def test_gains_never_rise_and_sum_to_the_value_from_scratch(objective):
    chosen = maximise(objective, objective.size)
    assert (np.diff(chosen.gains) <= 0).all()
    assert chosen.value == pytest.approx(objective.value(chosen.indices), abs=1e-9)


@given(objective=objectives(), data=st.data())
def test_a_smaller_row_budget_is_a_prefix(objective, data):
    count = data.draw(st.integers(1, objective.size))
    prefix, smaller = maximise(objective, objective.size).prefix(count), maximise(objective, count)
    assert (
        prefix.indices.tolist() == smaller.indices.tolist()
        and prefix.gains.tolist() == smaller.gains.tolist()
    )
    assert (prefix.budget, prefix.value, prefix.saturated_at) == (
        smaller.budget,
        smaller.value,
        smaller.saturated_at,
    )


@given(seed=st.integers(0, 2**32 - 1), size=st.integers(1, 20))
def test_renaming_the_examples_renames_the_choice(seed, size):
    rng = np.random.default_rng(seed)
    # sums are exact in any order of the rows
    similarity = np.floor(rng.random((size, size)) * 2**24) / 2**24
    names = rng.permutation(size)
    plain, renamed = (
        maximise(facility_location(similarity), size),
        maximise(facility_location(similarity[np.ix_(names, names)]), size),
    )
    assert renamed.gains.tolist() == plain.gains.tolist()
    assert (
        names[renamed.indices[: plain.saturated_at]].tolist()
        == plain.indices[: plain.saturated_at].tolist()
    )


def test_a_transposed_view_is_answered_by_its_own_rows():
    similarity = np.random.default_rng(3).random((12, 12), dtype=np.float32)
    view, copy = (
        maximise(facility_location(similarity.T), 12),
        maximise(facility_location(similarity.T.copy()), 12),
    )
    assert (
        view.indices.tolist() == copy.indices.tolist()
        and view.gains.tolist() == copy.gains.tolist()
    )


def test_ties_go_to_the_lower_index():
    assert maximise(facility_location(np.eye(4)), 4).indices.tolist() == [0, 1, 2, 3]
    assert maximise(facility_location([[1, 1, 3, 3]]), 1).indices.tolist() == [2]


def test_a_pool_of_one_is_chosen():
    chosen = maximise(facility_location([[0.5]]), 1)
    assert (chosen.indices.tolist(), chosen.gains.tolist(), chosen.saturated_at, len(chosen)) == (
        [0],
        [0.5],
        None,
        1,
    )
    assert (chosen.indices.dtype, chosen.gains.dtype) == (np.int64, np.float64)


def test_where_nothing_helps_the_choice_is_arbitrary_from_the_start_and_says_so():
    chosen = maximise(facility_location(np.zeros((5, 5))), 3)
    assert (chosen.indices.tolist(), chosen.value, chosen.saturated_at) == ([0, 1, 2], 0.0, 0)


def test_after_saturation_the_rest_comes_in_index_order():
    chosen = maximise(flvmi([[0, 0, 1, 0.2], [0, 0, 0, 1], [0, 1, 0, 0]], [[0.1], [0.5], [0]]), 4)
    assert (chosen.indices.tolist(), chosen.saturated_at) == ([3, 0, 1, 2], 1)


def test_a_pin_that_adds_nothing_is_not_arbitrary():
    objective = facility_location([[1, 0, 0], [0, 0, 0]])
    assert maximise(objective, 2, pins=[2, 1]).saturated_at is None
    assert maximise(objective, 3, pins=[2, 1]).saturated_at is None
    assert maximise(objective, 3, pins=[0, 1]).saturated_at == 2


@given(objective=objectives(), data=st.data())
def test_pins_come_first_excludes_never_and_quotas_hold_exactly_as_in_naive_greedy(objective, data):
    rows = data.draw(st.permutations(range(objective.size)))
    cut = data.draw(st.integers(0, objective.size // 3))
    pins, excludes = rows[:cut], rows[cut : 2 * cut]
    groups = [row % 3 for row in range(objective.size)]
    pinned = [sum(groups[pin] == label for pin in pins) for label in range(3)]
    quotas = {label: pinned[label] + data.draw(st.integers(0, 3)) for label in set(groups)}
    open_to = [
        min(quotas[g], sum(groups[row] == g for row in rows if row not in excludes)) for g in quotas
    ]
    if sum(open_to):
        chosen = maximise(
            objective, sum(open_to), pins=pins, excludes=excludes, groups=groups, quotas=quotas
        )

        def allowed(index, so_far):
            return (
                index not in excludes
                and index not in pins
                and sum(groups[j] == groups[index] for j in so_far) < quotas[groups[index]]
            )

        assert (chosen.indices.tolist(), chosen.gains.tolist()) == naive(
            objective, sum(open_to), pins, allowed
        )
        assert chosen.value == pytest.approx(objective.value(chosen.indices), abs=1e-9)


def test_quotas_by_hand():
    chosen = maximise(
        facility_location(np.diag([5, 4, 3, 2])), 3, groups=["a", "a", "b", "b"], quotas={"a": 1}
    )
    assert (chosen.indices.tolist(), chosen.gains.tolist()) == ([0, 2, 3], [5, 3, 2])


def test_a_token_budget_goes_by_gain_per_token_and_skips_what_no_longer_fits():
    chosen = maximise(facility_location(np.diag([6, 5, 4, 1])), "7 tokens", costs=[4, 2, 4, 1])
    assert (chosen.indices.tolist(), chosen.gains.tolist(), chosen.costs.tolist()) == (
        [1, 0, 3],
        [5, 6, 1],
        [2, 4, 1],
    )


def test_one_long_example_worth_more_than_all_that_greedy_takes_is_taken_instead():
    objective, costs = facility_location(np.diag([2, 10, 1])), [1, 10, 1]
    assert maximise(objective, "10 tokens", costs=costs).indices.tolist() == [1]
    assert maximise(objective, "11 tokens", costs=costs).indices.tolist() == [0, 1]


def test_room_beside_the_one_long_example_is_used_by_what_still_fits():
    chosen = maximise(facility_location(np.diag([30, 100, 1])), "11 tokens", costs=[2, 10, 1])
    assert (chosen.indices.tolist(), chosen.value) == ([1, 2], 101)


@settings(max_examples=200)
@given(objective=objectives(), data=st.data())
def test_a_token_budget_is_never_exceeded_and_never_worse_than_one_example(objective, data):
    costs = data.draw(st.lists(st.integers(1, 9), min_size=objective.size, max_size=objective.size))
    pins = data.draw(st.lists(st.integers(0, objective.size - 1), unique=True, max_size=2))
    limit = data.draw(st.integers(max(sum(costs[pin] for pin in pins), min(costs)), sum(costs) + 3))
    chosen = maximise(objective, f"{limit} tokens", costs=costs, pins=pins)
    spare = limit - chosen.costs.sum()
    assert spare >= 0 and all(
        costs[j] > spare for j in range(objective.size) if j not in chosen.indices
    )
    assert chosen.indices[: len(pins)].tolist() == pins and len(
        set(chosen.indices.tolist())
    ) == len(chosen)
    room = limit - sum(costs[pin] for pin in pins)
    alone = [
        objective.value([*pins, j])
        for j in range(objective.size)
        if j not in pins and costs[j] <= room
    ]
    assert chosen.value >= max(alone, default=0) - 1e-9
    assert chosen.value == pytest.approx(objective.value(chosen.indices), abs=1e-9)


@settings(max_examples=60)
@given(objective=objectives(longest=8), data=st.data())
def test_a_token_budget_reaches_its_guaranteed_share_of_the_best(objective, data):
    costs = data.draw(st.lists(st.integers(1, 9), min_size=objective.size, max_size=objective.size))
    limit = data.draw(st.integers(min(costs), sum(costs)))
    sets = (
        [j for j in range(objective.size) if mask >> j & 1] for mask in range(2**objective.size)
    )
    best = max(objective.value(chosen) for chosen in sets if sum(costs[j] for j in chosen) <= limit)
    assert (
        maximise(objective, f"{limit} tokens", costs=costs).value
        >= (1 - 1 / np.e) / 2 * best - 1e-9
    )


def test_a_row_budget_records_costs_without_spending_them():
    chosen = maximise(facility_location(np.diag([1, 3, 2])), 2, costs=[7, 8, 9])
    assert (chosen.indices.tolist(), chosen.costs.tolist(), chosen.prefix(1).costs.tolist()) == (
        [1, 2],
        [8, 9],
        [8],
    )


def test_a_selection_remembers_what_it_maximised():
    chosen = maximise(flqmi(np.eye(3), eta=0.5), 0.5)
    assert (chosen.objective, chosen.parameters, str(chosen.budget), len(chosen)) == (
        "flqmi",
        {"eta": 0.5},
        "50%",
        2,
    )


@pytest.mark.parametrize("count", [0, 3])
def test_a_prefix_that_is_not_there_is_refused(count):
    with pytest.raises(
        InvalidBudget,
        match=f"The first {count} of a selection of 2 cannot be taken; ask for 1 to 2.",
    ):
        maximise(facility_location(np.eye(2)), 2).prefix(count)
