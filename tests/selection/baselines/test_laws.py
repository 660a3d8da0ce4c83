"""What holds of every baseline: full, prefix, deterministic, ties, permutation, constraints."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delift_core.errors import InvalidBudget, MethodUnavailable
from delift_core.scoring.kernel import Alone, Unprompted, UtilityKernel
from delift_core.selection.baselines.embedding_coverage import cosine_similarity
from delift_core.selection.baselines.gradients import GRADIENTS
from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.baselines.probes import influence
from delift_core.selection.baselines.retrieval import RETRIEVAL
from delift_core.selection.constraints import Restrictions
from delift_core.selection.gradient_features import GradientFeatures, unit
from delift_core.selection.method import MethodInputs, MethodOptions
from delift_core.selection.methods import BASELINES
from delift_core.selection.objectives import facility_location
from delift_core.selection.ranking import method_selection
from delift_core.selection.settle import settle

BY_NAME = {method.name: method for method in BASELINES}
RANDOM = {"random", "random_per_group"}
TIED = {"middle", "embedding_coverage", "probes"}  # pairs of examples tie by nature: tried below
SIZES = st.integers(1, 14)
SEEDS = st.integers(0, 1_000)
each_method = pytest.mark.parametrize("method", BASELINES, ids=lambda method: method.name)


def pass_of(generator, size):
    embedding = generator.normal(size=(size, 4)).astype(np.float32)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    return Alone(
        distance=generator.random(size).astype(np.float32),
        log_probability=-generator.random(size).astype(np.float32),
        response_tokens=generator.permutation(size) + 1,
        prompt_tokens=np.ones(size, int),
        truncated=np.zeros(size, bool),
        embedding=embedding,
    )


def drawn_inputs(size, seed=0):
    """Everything that any method needs, for a pool of that size."""
    generator = np.random.default_rng(seed)
    values = generator.normal(size=(size, size)).astype(np.float32)
    pool = pass_of(generator, size)
    kernel = UtilityKernel(values, values / 2, values > 2, pool.distance, square=True)
    return MethodInputs(
        size=size,
        pool_pass=pool,
        target_pass=pass_of(generator, 3),
        unprompted_pass=Unprompted(
            log_probability=-2 * generator.random(size).astype(np.float32),
            response_tokens=pool.response_tokens,
        ),
        kernel=lambda: kernel,
        groups=[str(row % 2) for row in range(size)],
        scores=generator.random(size),
        listed=generator.permutation(size),
        gradients=GradientFeatures(
            unit(generator.normal(size=(2, size, 4)).astype(np.float32)),
            unit(generator.normal(size=(2, 3, 4)).astype(np.float32)),
            np.array([0.75, 0.25]),
            ["a", "b", "a"],
        ),
        rounds=generator.permutation(size),
    )


def without_truncation(inputs):
    """The same inputs with every pair whole: a truncated pair does not count, and such rows tie."""
    kernel = replace(inputs.kernel(), truncated=np.zeros((inputs.size, inputs.size), bool))
    return replace(inputs, kernel=lambda: kernel)


def permuted(inputs, order):
    """The same inputs of a pool in another order: its position p holds what order[p] was."""
    kernel = inputs.kernel()
    square = np.ix_(order, order)
    moved = UtilityKernel(
        kernel.values[square],
        kernel.pmi[square],
        kernel.truncated[square],
        kernel.alone[order],
        square=True,
    )
    position = np.argsort(order)
    alone, unprompted = (
        replace(part, **{name: value[order] for name, value in vars(part).items()})
        for part in (inputs.pool_pass, inputs.unprompted_pass)
    )
    return replace(
        inputs,
        pool_pass=alone,
        unprompted_pass=unprompted,
        kernel=lambda: moved,
        groups=[inputs.groups[index] for index in order],
        scores=inputs.scores[order],
        listed=position[inputs.listed],
        gradients=replace(inputs.gradients, pool=inputs.gradients.pool[:, order]),
        rounds=position[inputs.rounds],
    )


@each_method
@settings(max_examples=20, deadline=None)
@given(size=SIZES, seed=SEEDS)
def test_an_order_holds_every_example_once_and_is_the_same_again(method, size, seed):
    inputs = drawn_inputs(size, seed)
    order = method.order(inputs).tolist()
    assert sorted(order) == list(range(size))
    assert method.order(inputs).tolist() == order


@pytest.mark.parametrize("name", sorted(set(BY_NAME) - RANDOM - TIED))
@settings(max_examples=20, deadline=None)
@given(size=st.integers(3, 14), seed=SEEDS)
def test_a_permuted_pool_gives_the_permuted_order(name, size, seed):
    """Of two examples both are equally far from their mean, so there are three or more."""
    inputs = without_truncation(drawn_inputs(size, seed))
    shuffle = np.random.default_rng(seed + 1).permutation(size)
    moved = BY_NAME[name].order(permuted(inputs, shuffle))
    assert shuffle[moved].tolist() == BY_NAME[name].order(inputs).tolist()


@given(size=st.integers(1, 6).map(lambda half: 2 * half + 1), seed=SEEDS)
def test_a_permuted_pool_gives_the_permuted_order_around_a_median_that_is_an_example(size, seed):
    inputs = drawn_inputs(size, seed)
    shuffle = np.random.default_rng(seed + 1).permutation(size)
    moved = BY_NAME["middle"].order(permuted(inputs, shuffle))
    assert shuffle[moved].tolist() == BY_NAME["middle"].order(inputs).tolist()


@settings(deadline=None)
@given(size=SIZES, seed=SEEDS)
def test_a_permuted_pool_has_a_greedy_order_of_embedding_coverage(size, seed):
    """Two examples that are each other's nearest tie: either may come first."""
    inputs = drawn_inputs(size, seed)
    shuffle = np.random.default_rng(seed + 1).permutation(size)
    moved = shuffle[BY_NAME["embedding_coverage"].order(permuted(inputs, shuffle))]
    similarity = cosine_similarity(inputs.embeddings())  # (pool, pool)
    covered = np.zeros(size)
    for pick in moved.tolist():
        gains = np.maximum(similarity - covered[:, None], 0).sum(axis=0)  # (pool,)
        assert gains[pick] >= gains.max() - 1e-5
        covered = np.maximum(covered, similarity[:, pick])


@settings(max_examples=20, deadline=None)
@given(size=st.integers(3, 60), seed=SEEDS)
def test_a_permuted_pool_has_the_permuted_influence_on_probes(size, seed):
    """Examples that ease no probe tie at 0."""
    inputs = drawn_inputs(size, seed)
    shuffle = np.random.default_rng(seed + 1).permutation(size)
    moved = influence(permuted(inputs, shuffle))
    assert np.allclose(moved, influence(inputs)[shuffle], equal_nan=True)


@each_method
@settings(max_examples=20, deadline=None)
@given(size=st.integers(2, 14), seed=SEEDS, data=st.data())
def test_a_smaller_budget_is_a_prefix_and_constraints_hold(method, size, seed, data):
    inputs = drawn_inputs(size, seed)
    pin, exclude = data.draw(st.permutations(range(size)))[:2]
    restrictions = Restrictions([pin], [exclude])
    chosen = [
        method_selection(method, inputs, settle(count, size, None, restrictions), None)
        for count in range(1, size)
    ]
    longest = chosen[-1].indices.tolist()
    assert longest[0] == pin and exclude not in longest
    for count, selection in enumerate(chosen, 1):
        assert selection.indices.tolist() == longest[:count]
        assert selection.method == method.name and selection.pinned == 1


@each_method
def test_quotas_and_token_budgets_hold(method):
    inputs = drawn_inputs(12)
    restrictions = Restrictions(groups=inputs.groups, quotas={"0": 2})
    tokens = np.arange(1, 13)
    rules = settle("20 tokens", 12, tokens, restrictions)
    selection = method_selection(method, inputs, rules, None)
    assert selection.costs.sum() <= 20
    assert sum(inputs.groups[index] == "0" for index in selection.indices) <= 2


@pytest.mark.parametrize("name", ["longest", "hardest", "easiest", "middle", "column"])
def test_ties_go_to_the_lower_index(name):
    inputs = drawn_inputs(9)
    alone = replace(
        inputs.pool_pass,
        log_probability=np.full(9, -1, np.float32),
        response_tokens=np.full(9, 5),
    )
    inputs = replace(inputs, pool_pass=alone, scores=np.ones(9))
    assert BY_NAME[name].order(inputs).tolist() == list(range(9))


@each_method
def test_a_method_without_its_needs_is_refused_with_what_is_missing(method):
    bare = MethodInputs(size=4)
    if not method.needs:
        assert len(method.order(bare)) == 4
        return
    with pytest.raises(MethodUnavailable, match=f"{method.name} cannot be used.*is missing"):
        method_selection(method, bare, settle(2, 4), None)


def test_the_gains_are_those_under_the_objective_and_nan_without_one():
    inputs = drawn_inputs(6)
    objective = facility_location(np.random.default_rng(0).random((6, 6)))
    with_gains = method_selection(BY_NAME["longest"], inputs, settle(6, 6), objective)
    assert np.isclose(with_gains.value, objective.whole)
    without = method_selection(BY_NAME["longest"], inputs, settle(6, 6), None)
    assert np.isnan(without.gains).all()
    assert without.objective is None and without.saturated_at is None


def test_a_list_that_is_shorter_than_the_budget_is_refused():
    inputs = replace(drawn_inputs(6), listed=np.array([4, 1]))
    chosen = method_selection(BY_NAME["list"], inputs, settle(2, 6), None)
    assert chosen.indices.tolist() == [4, 1]
    with pytest.raises(InvalidBudget, match="asks for 3 rows and method list has 2"):
        method_selection(BY_NAME["list"], inputs, settle(3, 6), None)


def test_scores_go_either_way_and_what_has_none_comes_last():
    scores = np.array([0.5, np.nan, 2.0, 1.0])
    inputs = MethodInputs(size=4, scores=scores)
    assert BY_NAME["column"].order(inputs).tolist() == [2, 3, 0, 1]
    lowest_first = replace(inputs, options=MethodOptions(ascending=True))
    assert BY_NAME["column"].order(lowest_first).tolist() == [0, 3, 2, 1]


@given(size=st.integers(2, 14), seed=SEEDS)
def test_the_radius_of_k_center_never_grows(size, seed):
    points = drawn_inputs(size, seed).embeddings()
    order = farthest_first(points)
    distances = np.linalg.norm(points[:, None] - points[order], axis=2)  # (points, picks)
    radii = np.minimum.accumulate(distances, axis=1).max(axis=0)  # (picks,)
    assert (np.diff(radii) <= 1e-9).all()


@given(size=st.integers(2, 14), seed=SEEDS)
def test_an_exact_copy_of_a_target_example_ranks_first_under_retrieval(size, seed):
    inputs = drawn_inputs(size, seed)
    copied = inputs.pool_pass.embedding.copy()
    copied[size - 1] = inputs.target_pass.embedding[0]
    inputs = replace(inputs, pool_pass=replace(inputs.pool_pass, embedding=copied))
    assert RETRIEVAL.order(inputs)[0] == size - 1


@given(size=st.integers(2, 14), seed=SEEDS)
def test_an_exact_copy_of_a_target_example_ranks_first_under_gradients(size, seed):
    """Its direction is the gradient of the only example of the target, at every checkpoint."""
    inputs = drawn_inputs(size, seed)
    features = inputs.gradients
    pool = features.pool.copy()
    pool[:, size - 1] = features.target[:, 0]
    features = replace(features, pool=pool, target=features.target[:, :1], subtasks=["a"])
    assert GRADIENTS.order(replace(inputs, gradients=features))[0] == size - 1


def test_gradients_of_what_has_no_response_count_for_nothing():
    features = drawn_inputs(5).gradients
    pool, target = features.pool.copy(), features.target.copy()
    pool[:, 1] = np.nan
    target[:, 2] = np.nan
    without = replace(features, target=target[:, :2], subtasks=["a", "b"]).influence()
    found = replace(features, target=target).influence()
    assert np.array_equal(found, without)
    assert GRADIENTS.order(MethodInputs(size=5, gradients=replace(features, pool=pool)))[-1] == 1
    with pytest.raises(MethodUnavailable, match="Give a target with responses"):
        replace(features, target=np.full_like(target, np.nan)).influence()


def test_every_group_has_its_share_of_every_beginning():
    groups = ["a"] * 6 + ["b"] * 3
    inputs = MethodInputs(size=9, groups=groups)
    order = BY_NAME["random_per_group"].order(inputs)
    for third in (order[:3], order[3:6], order[6:]):
        assert sorted(groups[index] for index in third) == ["a", "a", "b"]
