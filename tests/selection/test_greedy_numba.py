"""The compiled loops: the same picks and the same gains, to the last bit, as NumPy one example at a
time.
"""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from delift_core.errors import UnusableSimilarity
from delift_core.selection import greedy, greedy_numba, greedy_numpy, lanes_numba, similarity
from delift_core.selection import objective as objective_module
from delift_core.selection.greedy import gains_of_order, maximise
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import build_objective, facility_location
from delift_core.selection.settle import settle

SNAPS = (2, 16, 2**24, None)  # ties everywhere, many ties, exact sums, numbers as they come
LAYOUTS = (
    np.ascontiguousarray,
    np.asfortranarray,
    lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    lambda a: a[::-1].copy()[::-1],
)


@st.composite
def cases(draw, longest=200):
    """Any of the five objectives, larger than the lanes and with room for lists, in both
    precisions, some of it negative.
    """
    rng, snap = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.sampled_from(SNAPS))
    pool, target, known = (
        draw(st.integers(1, longest)),
        draw(st.integers(1, 5)),
        draw(st.integers(0, 5)),
    )
    low, power, precision = (
        draw(st.sampled_from([0.0, 0.0, 0.3])),
        draw(st.sampled_from([1, 3, 12])),
        draw(st.sampled_from([np.float32, np.float64])),
    )
    shapes = {
        "pool_pool": (pool, pool),
        "target_pool": (target, pool),
        "pool_target": (pool, target),
        "pool_known": (pool, known),
    }
    world = {name: rng.random(shape) ** power - low for name, shape in shapes.items()}
    world = {
        name: (values if snap is None else np.floor(values * snap) / snap).astype(precision)
        for name, values in world.items()
    }
    return build_objective(
        draw(st.sampled_from(ObjectiveName)),
        world,
        *draw(st.sampled_from([(1, 1), (0.5, 0.5), (0, 1), (2, 0.25)])),
    )


@st.composite
def rules(draw, size):
    """Pins, excludes, quotas, and a budget in rows or in tokens."""
    rows = draw(st.permutations(range(size)))
    cut = draw(st.integers(0, size // 3))
    groups = [row % 3 for row in range(size)]
    quotas = {
        label: sum(groups[pin] == label for pin in rows[:cut]) + draw(st.integers(0, size))
        for label in set(groups)
    }
    costs = np.array(draw(st.lists(st.integers(1, 9), min_size=size, max_size=size)))
    constraints = {
        "pins": rows[:cut],
        "excludes": rows[cut : 2 * cut],
        "costs": costs,
        "groups": groups,
        "quotas": quotas,
    }
    if draw(st.booleans()):
        open_to = sum(
            min(
                quotas[label],
                sum(groups[row] == label for row in rows if row not in rows[cut : 2 * cut]),
            )
            for label in quotas
        )
        return {"budget": max(open_to, 1), **constraints} if open_to else {"budget": 1}
    return {
        "budget": f"{costs[rows[:cut]].sum() + draw(st.integers(9, 9 * size))} tokens",
        **constraints,
        "quotas": None,
    }


def same(first, second):
    return (
        first.indices.tolist() == second.indices.tolist()
        and first.gains.tolist() == second.gains.tolist()
    )


@pytest.fixture
def always(monkeypatch):
    """Choose with the compiled loops however small the similarity."""
    for module in (similarity, objective_module):
        monkeypatch.setattr(module, "LARGE", 0)


@settings(max_examples=150, deadline=None)
@given(objective=cases(), data=st.data())
def test_the_compiled_order_and_gains_are_those_of_numpy(objective, data):
    constraints = settle(data.draw(st.integers(1, objective.size)), objective.size)
    plain, quick = (
        module.fill(objective, constraints, [], constraints.costs, objective.size)
        for module in (greedy_numpy, greedy_numba)
    )
    assert quick[0].tolist() == plain[0].tolist() and quick[1].tolist() == plain[1].tolist()


@settings(max_examples=150, deadline=None)
@given(objective=cases(longest=40), data=st.data())
def test_pins_excludes_quotas_and_tokens_are_kept_to_in_the_same_way(objective, data):
    constraints = data.draw(rules(objective.size))
    plain = maximise(objective, **constraints)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objective_module, "LARGE", 0)
        assert same(maximise(objective, **constraints), plain)


@settings(max_examples=60, deadline=None)
@given(objective=cases(longest=30))
def test_each_pick_is_an_argmax_of_the_gain_given_those_before_it(objective):
    constraints = settle(objective.size, objective.size)
    order, gains = greedy_numba.fill(objective, constraints, [], constraints.costs, objective.size)
    for turn, pick in enumerate(order.tolist()):
        coverage = objective.coverage(order[:turn])
        now = {j: objective.gain(j, coverage) for j in sorted(order[turn:].tolist())}
        assert pick == max(now, key=now.get) and gains[turn] == now[pick]


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    size=st.integers(1, 150),
    share=st.sampled_from([0.02, 0.1, 0.5]),
    data=st.data(),
)
def test_a_sparse_similarity_is_chosen_from_as_the_dense_one(seed, size, share, data):
    rng = np.random.default_rng(seed)
    dense = (rng.random((size, size)) * (rng.random((size, size)) < share)).astype(np.float32)
    count = data.draw(st.integers(1, size))
    assert same(
        maximise(facility_location(sparse.csr_array(dense)), count),
        maximise(facility_location(dense), count),
    )


@settings(max_examples=40, deadline=None)
@given(objective=cases())
def test_the_gains_of_an_order_are_the_same_to_the_last_bit(objective):
    order = np.random.default_rng(0).permutation(objective.size)
    plain = gains_of_order(objective, order)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(objective_module, "LARGE", 0)
        assert (gains_of_order(objective, order) == plain).all()


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_order_does_not_depend_on_the_memory_layout_and_nothing_is_written_to_what_was_given(
    always, layout
):
    values = np.random.default_rng(1).random((130, 130)).astype(np.float32)
    given_array = layout(values)
    given_array.flags.writeable = False
    chosen = maximise(facility_location(given_array), 60)
    assert same(chosen, maximise(facility_location(values), 60)) and (given_array == values).all()


def test_a_sparse_similarity_is_not_written_to():
    values = np.random.default_rng(1).random((90, 90)) ** 9
    given_array = sparse.csc_array(values)
    maximise(facility_location(given_array), 60)
    assert (given_array.toarray() == values).all()


@pytest.mark.parametrize("build", [np.asarray, sparse.csc_array])
def test_columns_that_become_lists_end_as_the_gain_does(build):
    """A block per group of ten: after its first pick only ten answered examples could ever have
    gained, and then none can.
    """
    blocks = np.kron(np.eye(20), np.ones((10, 10)))
    chosen = greedy.maximise(facility_location(build(blocks)), 200)
    assert (
        chosen.indices[:20].tolist() == list(range(0, 200, 10))
        and chosen.gains[:20].tolist() == [10.0] * 20
    )
    assert chosen.saturated_at == 20 and chosen.indices[20:].tolist() == [
        j for j in range(200) if j % 10
    ]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_none_is_found_in_a_large_similarity_too(always, bad):
    values = np.ones((70, 70), dtype=np.float32)
    values[65, 3] = bad
    with pytest.raises(
        UnusableSimilarity, match=f"pool_pool holds {bad} at answered row 65, shown column 3"
    ):
        facility_location(values)


def test_finite_numbers_whose_sum_is_not_are_accepted(always):
    huge = facility_location(np.full((3, 2), 1.7e308))
    assert huge.size == 2


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    answered=st.integers(1, 150),
    shown=st.integers(1, 20),
    low=st.sampled_from([0.0, 0.5]),
)
def test_looking_through_finds_every_sum_and_whether_anything_is_negative(
    seed, answered, shown, low
):
    values = np.random.default_rng(seed).random((shown, answered)) - low
    sums, has_negative = lanes_numba.sums_and_negative(values)
    assert (
        sums == pytest.approx(values.sum(axis=1), abs=1e-12) and has_negative == (values < 0).any()
    )


def test_a_small_choice_imports_no_compiler_and_a_large_one_does():
    code = (
        "import sys, numpy as np, delift_core as delift\n"
        "for size in (300, 1000):\n"
        "    delift.maximise(delift.facility_location(np.eye(size, dtype=np.float32)), 2)\n"
        "    print('numba' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["False", "True"]


def test_without_a_place_to_keep_compiled_code_it_is_compiled_all_the_same(monkeypatch):
    given_options = []

    def njit(**options):
        given_options.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda loop: loop

    monkeypatch.setattr(lanes_numba, "njit", njit)
    assert lanes_numba.compiled(len)([1, 2]) == 2 and given_options == [
        {"cache": True, "nogil": True},
        {"nogil": True},
    ]


def test_what_was_compiled_once_is_kept_and_a_choice_from_a_float32_kernel_then_compiles_nothing(
    tmp_path,
):
    warm = "from delift_core.selection.greedy_numba import warm; warm()"
    choose = (
        "import numpy as np; from delift_core.selection import greedy, objectives;"
        " objective = objectives.facility_location(np.asfortranarray(np.eye(1000,"
        " dtype=np.float32))); greedy.maximise(objective, 2); greedy.gains_of_order(objective,"
        " np.arange(5))"
    )
    caches = []
    for code in (warm, choose):
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)},
        )
        caches.append(sorted(file.name for file in tmp_path.rglob("*.nbc")))
    assert caches[0] and caches[1] == caches[0]
