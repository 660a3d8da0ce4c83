"""The five objectives: cases worked by hand, the published formulas, and the laws they obey."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from delift_core.errors import InvalidWeight, UnknownObjective, UnusableSimilarity
from delift_core.scoring.sparse_similarity import SparseSimilarity
from delift_core.selection.lanes import total
from delift_core.selection.objective_names import ObjectiveName
from delift_core.selection.objectives import (
    OBJECTIVES,
    build_objective,
    facility_location,
    flcg,
    flcmi,
    flqmi,
    flvmi,
    recommended_objective,
)
from delift_core.selection.similarity import column_major

POOL = np.array([[0.9, 0.2, 0.1], [0.3, 0.8, 0.0], [0.0, 0.4, 0.5]])  # (answered, shown)
TARGET = np.array([[0.5, 0.1], [0.2, 0.3], [0.0, 0.0]])  # (answered pool, shown target)
KNOWN = np.array([[0.1, 0.6], [0.0, 0.0], [0.7, 0.2]])  # (answered pool, shown known)


@st.composite
def worlds(draw, low=0.0):
    """Similarities between a pool, a target and known examples, drawn from one seed."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    pool, target, known = draw(st.integers(1, 8)), draw(st.integers(1, 4)), draw(st.integers(1, 4))
    shapes = {
        "pool_pool": (pool, pool),
        "target_pool": (target, pool),
        "pool_target": (pool, target),
        "pool_known": (pool, known),
    }
    return {
        name: (rng.integers(low * 16, 17, shape) / 16).astype(np.float32)
        for name, shape in shapes.items()
    }


def subset(world, data):
    """A random set of shown examples."""
    return data.draw(st.sets(st.integers(0, world["pool_pool"].shape[1] - 1)))


def published(name, world, chosen, eta, nu):
    """The formula of the design page, term by term, in plain loops."""
    pool = range(len(world["pool_pool"]))

    def best(kernel, i):
        return max((float(value) for value in world[kernel][i]), default=0.0)

    def reach(kernel, i):
        return max((float(world[kernel][i, j]) for j in chosen), default=0.0)

    if name == "flqmi":
        queries = range(len(world["target_pool"]))
        modular = sum(max(float(world["target_pool"][q, j]) for q in queries) for j in chosen)
        return sum(reach("target_pool", q) for q in queries) + eta * modular
    if name == "facility_location":
        return sum(reach("pool_pool", i) for i in pool)
    capped = [
        (
            min(reach("pool_pool", i), eta * best("pool_target", i))
            if name != "flcg"
            else reach("pool_pool", i)
        )
        for i in pool
    ]
    return (
        sum(capped)
        if name == "flvmi"
        else sum(max(capped[i] - nu * best("pool_known", i), 0.0) for i in pool)
    )


def test_facility_location_adds_each_rows_best():
    assert facility_location(POOL).value([0, 2]) == pytest.approx(0.9 + 0.3 + 0.5)


def test_flqmi_adds_what_each_chosen_example_brings_the_target():
    target_pool = np.array([[0.4, 0.1], [0.2, 0.3]])
    assert flqmi(target_pool, eta=2.0).value([0, 1]) == pytest.approx((0.4 + 0.3) + 2 * (0.4 + 0.3))


def test_flvmi_counts_no_more_of_a_row_than_the_target_reaches():
    assert flvmi(POOL, TARGET).value([0, 1]) == pytest.approx(0.5 + 0.3 + 0.0)


def test_flcg_counts_only_what_known_examples_leave():
    assert flcg(POOL, KNOWN).value([0, 1]) == pytest.approx((0.9 - 0.6) + 0.8 + 0.0)


def test_flcmi_counts_between_what_is_known_and_what_the_target_reaches():
    assert flcmi(POOL, TARGET, KNOWN, eta=2.0).value([0, 1]) == pytest.approx(
        (0.9 - 0.6) + 0.6 + 0.0
    )


@pytest.mark.parametrize("name", ObjectiveName)
@given(
    world=worlds(),
    data=st.data(),
    eta=st.sampled_from([0, 0.5, 1, 3]),
    nu=st.sampled_from([0, 0.5, 1, 3]),
)
def test_every_objective_is_its_published_formula(name, world, data, eta, nu):
    chosen = subset(world, data)
    assert build_objective(name, world, eta, nu).value(chosen) == pytest.approx(
        published(name, world, chosen, eta, nu), abs=1e-12
    )


@pytest.mark.parametrize("low", [0.0, -1.0])
@pytest.mark.parametrize("name", ObjectiveName)
@given(data=st.data())
def test_every_objective_is_monotone_and_submodular_on_raw_similarities_too(name, low, data):
    world = data.draw(worlds(low=low))
    objective = build_objective(name, world, eta=0.75, nu=0.5)
    small, more = subset(world, data), subset(world, data)
    large, extra = small | more, data.draw(st.integers(0, objective.size - 1))
    assert objective.value(()) == 0
    assert objective.value(large) >= objective.value(small)
    rise = [
        objective.value(chosen | {extra}) - objective.value(chosen) for chosen in (small, large)
    ]
    assert extra in large or rise[0] >= rise[1] - 1e-12


@pytest.mark.parametrize(
    "name", [name for name in ObjectiveName if name is not ObjectiveName.FLQMI]
)
@given(world=worlds(low=-1.0), data=st.data())
def test_what_the_model_can_do_alone_cancels_out_of_raw_similarities(name, world, data):
    """A constant added to an answered row, in every kernel it answers, changes no value as long as
    the row stays partly negative.
    """
    rows = len(world["pool_pool"])
    world["pool_pool"][:, 0] = -1.0
    constant = (
        -np.array(data.draw(st.lists(st.integers(0, 8), min_size=rows, max_size=rows)), np.float32)[
            :, None
        ]
        / 8
    )
    lowered = {
        kernel: values + constant if kernel != "target_pool" else values
        for kernel, values in world.items()
    }
    chosen = subset(world, data)
    assert build_objective(name, lowered).value(chosen) == build_objective(name, world).value(
        chosen
    )


@pytest.mark.parametrize("name", ObjectiveName)
@given(world=worlds(), data=st.data())
def test_a_gain_is_the_rise_in_value(name, world, data):
    objective = build_objective(name, world)
    extra = data.draw(st.integers(0, objective.size - 1))
    chosen = subset(world, data) - {extra}
    rise = objective.value({*chosen, extra}) - objective.value(chosen)
    assert objective.gain(extra, objective.coverage(chosen)) == pytest.approx(rise, abs=1e-12)


@pytest.mark.parametrize("name", ObjectiveName)
@given(world=worlds(low=-1.0))
def test_the_whole_is_the_value_of_everything(name, world):
    objective = build_objective(name, world)
    assert objective.whole == pytest.approx(objective.value(range(objective.size)), abs=1e-12)


@given(world=worlds(), data=st.data(), nu=st.sampled_from([0.5, 1, 3]))
def test_flcg_with_nothing_known_is_facility_location(world, data, nu):
    chosen, pool = subset(world, data), world["pool_pool"]
    plain = facility_location(pool).value(chosen)
    assert flcg(pool, np.zeros((len(pool), 0)), nu).value(chosen) == plain
    assert flcg(pool, world["pool_known"], nu=0).value(chosen) == plain


@given(world=worlds(), data=st.data(), eta=st.sampled_from([0, 0.5, 1, 3]))
def test_flvmi_is_never_above_facility_location(world, data, eta):
    chosen = subset(world, data)
    assert flvmi(world["pool_pool"], world["pool_target"], eta).value(chosen) <= facility_location(
        world["pool_pool"]
    ).value(chosen)


@given(world=worlds(), data=st.data())
def test_flcmi_loses_its_ceiling_with_a_huge_eta_and_its_floor_with_nothing_known(world, data):
    chosen, pool, target, known = (
        subset(world, data),
        world["pool_pool"],
        world["pool_target"] + 0.125,
        world["pool_known"],
    )
    assert flcmi(pool, target, known, eta=1e9).value(chosen) == flcg(pool, known).value(chosen)
    assert flcmi(pool, target, np.zeros((len(pool), 0))).value(chosen) == flvmi(pool, target).value(
        chosen
    )


def test_a_ceiling_below_its_floor_is_worth_nothing():
    assert flcmi([[0.9]], [[0.2]], [[0.5]]).value([0]) == 0


def test_an_example_chosen_twice_counts_once():
    assert flqmi(POOL).value([1, 1]) == flqmi(POOL).value([1])


@pytest.mark.parametrize(
    "layout",
    [
        np.asfortranarray,
        lambda a: a.T.copy().T,
        lambda a: np.repeat(a, 2, axis=1)[:, ::2],
        lambda a: a[::-1].copy()[::-1],
    ],
)
def test_the_memory_layout_changes_nothing(layout):
    similarity = np.random.default_rng(0).random((5, 7), dtype=np.float32)
    plain, other = facility_location(similarity), facility_location(layout(similarity))
    assert [other.gain(j, other.floor) for j in range(7)] == [
        plain.gain(j, plain.floor) for j in range(7)
    ]
    assert other.value([1, 4]) == plain.value([1, 4])


def test_a_transposed_kernel_answers_with_its_own_rows():
    assert facility_location(POOL.T).value([0]) == pytest.approx(0.9 + 0.2 + 0.1)


def test_a_column_major_kernel_is_not_copied_and_any_other_once():
    kernel = np.random.default_rng(0).random((3, 4), dtype=np.float32)
    column_major = np.asfortranarray(kernel)
    assert facility_location(column_major).similarity is column_major
    copied = facility_location(kernel).similarity
    assert copied.flags.f_contiguous and copied.dtype == np.float32 and (copied == kernel).all()


@given(shape=st.tuples(st.integers(1, 600), st.integers(1, 600)))
@settings(max_examples=20, deadline=None)
def test_turning_an_array_round_keeps_every_number(shape):
    array = np.random.default_rng(0).random(shape)
    for view in (array, array[::-1], array[:, ::2]):
        assert column_major(view).flags.f_contiguous and (column_major(view) == view).all()


@given(terms=st.lists(st.integers(0, 2**24), max_size=300))
def test_a_total_is_the_sum_and_leaving_zeros_where_they_are_changes_nothing(terms):
    terms = np.array(terms, dtype=np.float64)
    assert total(terms) == terms.sum()
    assert total(terms / 3) == pytest.approx(terms.sum() / 3, rel=1e-14)


@given(world=worlds(), data=st.data())
def test_a_sparse_similarity_is_worth_what_the_dense_one_is(world, data):
    dense, chosen = world["pool_pool"] * (world["pool_pool"] > 0.5), subset(world, data)
    for layout in (sparse.csc_array, sparse.csr_array, sparse.coo_array, sparse.csc_matrix):
        few, all_of_it = facility_location(layout(dense)), facility_location(dense)
        assert few.value(chosen) == all_of_it.value(chosen) and few.whole == all_of_it.whole
        assert [few.gain(j, few.coverage(chosen)) for j in range(few.size)] == [
            all_of_it.gain(j, all_of_it.coverage(chosen)) for j in range(few.size)
        ]
    for name in ObjectiveName:
        kernels = {
            **world,
            "pool_pool": sparse.csc_array(world["pool_pool"]),
            "target_pool": sparse.csc_array(world["target_pool"]),
        }
        assert build_objective(name, kernels).value(chosen) == build_objective(name, world).value(
            chosen
        )


def test_a_pair_named_twice_in_a_sparse_similarity_is_summed_in_a_copy():
    given = sparse.csc_array(
        (np.array([1.0, 2.0]), np.array([1, 1]), np.array([0, 2])), shape=(2, 1)
    )
    assert facility_location(given).value([0]) == 3.0
    assert given.data.tolist() == [1.0, 2.0]


def test_whole_numbers_and_lists_are_accepted():
    assert facility_location([[1, 0], [0, 2]]).value([0, 1]) == 3.0


@pytest.mark.parametrize(
    "target, known, name",
    [
        (False, False, "facility_location"),
        (True, False, "flqmi"),
        (False, True, "flcg"),
        (True, True, "flcmi"),
    ],
)
def test_the_objective_follows_from_the_data_at_hand(target, known, name):
    assert recommended_objective(target=target, known=known) == name


def test_a_built_objective_records_only_the_weights_it_uses():
    world = {"pool_pool": POOL, "pool_target": TARGET, "pool_known": KNOWN, "target_pool": TARGET.T}
    recorded = {
        name: dict(build_objective(name, world, eta=2, nu=3).parameters) for name in OBJECTIVES
    }
    assert recorded == {
        "facility_location": {},
        "flqmi": {"eta": 2},
        "flvmi": {"eta": 2},
        "flcg": {"nu": 3},
        "flcmi": {"eta": 2, "nu": 3},
    }


@pytest.mark.parametrize(
    "error, build, sentence",
    [
        (
            UnusableSimilarity,
            lambda: facility_location([1, 2]),
            "pool_pool has 1 dimensions; give two, answered in rows and shown in columns.",
        ),
        (
            UnusableSimilarity,
            lambda: facility_location(np.zeros((2, 0))),
            (
                "pool_pool has 2 answered and 0 shown examples; an objective needs at least one of"
                " each."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: flvmi(POOL, np.zeros((3, 0))),
            (
                "pool_target has 3 answered and 0 shown examples; an objective needs at least one"
                " of each."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: facility_location(sparse.csc_array([[0.5, 0], [0.5, np.nan]])),
            (
                "pool_pool holds nan at answered row 1, shown column 1; score that pair again or"
                " put 0 there."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: flcg(POOL, sparse.csc_array([[0, np.inf], [0, 0], [0, 0]])),
            (
                "pool_known holds inf at answered row 0, shown column 1; score that pair again or"
                " put 0 there."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: facility_location(SparseSimilarity(sparse.csc_array(POOL), np.zeros(2))),
            (
                "pool_pool is sparse and its rests are not one finite number for each of its 3"
                " answered rows; give 0 where nothing is imputed."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: flqmi([[0, np.nan]]),
            (
                "target_pool holds nan at answered row 0, shown column 1; score that pair again or"
                " put 0 there."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: flcg(POOL, [[np.inf]]),
            (
                "pool_known holds inf at answered row 0, shown column 0; score that pair again or"
                " put 0 there."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: facility_location([["a"]]),
            (
                "pool_pool is not an array of numbers; give a plain array, such as"
                " kernel.similarity()."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: facility_location([[1], [1, 2]]),
            (
                "pool_pool is not an array of numbers; give a plain array, such as"
                " kernel.similarity()."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: flvmi(POOL, TARGET.T),
            (
                "pool_target has 2 answered rows and pool_pool has 3; "
                "score both with the same answered examples, answered in rows and shown in columns."
            ),
        ),
        (
            UnusableSimilarity,
            lambda: build_objective("flcmi", {"pool_pool": POOL}),
            (
                "flcmi needs pool_target and pool_known; given: pool_pool. Score it or choose"
                " another objective."
            ),
        ),
        (
            UnknownObjective,
            lambda: build_objective("FL", {}),
            (
                "No objective is called 'FL'. Choose one of facility_location, flqmi, flvmi, flcg,"
                " flcmi."
            ),
        ),
        (
            InvalidWeight,
            lambda: flqmi(POOL, eta=-1),
            "eta is -1; give a finite number of 0 or more, 1 weighs both sides alike.",
        ),
        (
            InvalidWeight,
            lambda: flcg(POOL, KNOWN, nu=float("nan")),
            "nu is nan; give a finite number of 0 or more, 1 weighs both sides alike.",
        ),
        (
            InvalidWeight,
            lambda: flvmi(POOL, TARGET, eta="1"),
            "eta is '1'; give a finite number of 0 or more, 1 weighs both sides alike.",
        ),
    ],
)
def test_every_refusal_says_what_is_wrong_and_what_to_do(error, build, sentence):
    with pytest.raises(error) as refusal:
        build()
    assert str(refusal.value) == sentence
