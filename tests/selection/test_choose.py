"""Choosing by any method by name from a pool: kernels, passes and constraints."""

import numpy as np
import pytest

import delift_core as delift
from delift_core.errors import InvalidConstraint, MethodUnavailable, UnknownChoice
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location

SCORE_FIELD = "length"


@pytest.fixture(scope="module")
def pool():
    texts = ["a", "bbbb", "cc", "ddd", "eeeee", "ffffff"]
    rows = [
        {"id": f"r{row}", "prompt": f"Say {text}", "response": text, SCORE_FIELD: len(text)}
        for row, text in enumerate(texts)
    ]
    return delift.read_dataset(rows)


@pytest.fixture(scope="module")
def kernel(pool, tiny):
    return delift.score_utilities(pool, model=tiny())


def ids_of(pool, selection):
    return [pool[index].id for index in selection.indices]


def test_an_objective_by_name_is_maximised_over_the_kernel(pool, kernel):
    chosen = delift.choose("facility_location", pool, budget=3, kernel=kernel, pins=["r5"])
    expected = maximise(facility_location(kernel.similarity()), 3, pins=[5])
    assert chosen.indices.tolist() == expected.indices.tolist()
    assert chosen.method == "facility_location"


def test_a_model_scores_what_a_method_needs(pool, kernel, tiny):
    longest = delift.choose("longest", pool, budget=2, model=tiny())
    assert ids_of(pool, longest) == ["r5", "r4"]
    assert np.isnan(longest.gains).all()
    scored = delift.choose("facility_location", pool, budget=3, model=tiny())
    given = delift.choose("facility_location", pool, budget=3, kernel=kernel)
    assert scored.indices.tolist() == given.indices.tolist()
    target = pool.sample(1)
    retrieved = delift.choose("retrieval", pool, budget=1, model=tiny(), target=target)
    assert ids_of(pool, retrieved) == [target[0].id]


@pytest.mark.parametrize("name", ["ifd", "probes"])
def test_a_model_reads_responses_without_their_prompts_where_a_method_needs_it(
    name, pool, kernel, tiny
):
    chosen = delift.choose(name, pool, budget=3, kernel=kernel, model=tiny())
    assert len(chosen) == 3 and chosen.method == name
    with pytest.raises(MethodUnavailable, match=f"Method {name} cannot be used here.*model="):
        delift.choose(name, pool, budget=3, kernel=kernel)


def test_constraints_hold_of_every_method(pool):
    chosen = delift.choose(
        "column", pool, budget=3, field=SCORE_FIELD, pins=["r0"], excludes=["r5"], ascending=False
    )
    assert ids_of(pool, chosen) == ["r0", "r4", "r1"]
    assert chosen.options == {"field": SCORE_FIELD}


def test_a_list_of_ids_is_taken_in_its_order(pool):
    chosen = delift.choose("list", pool, budget=2, ids=["r3", "r1", "r3", "r2"])
    assert ids_of(pool, chosen) == ["r3", "r1"]
    with pytest.raises(InvalidConstraint, match="has the id 'r9'"):
        delift.choose("list", pool, budget=1, ids=["r9"])


def test_random_choices_follow_their_seed(pool):
    seeds = [delift.choose("random", pool, budget=4, seed=seed).indices for seed in (0, 0, 1)]
    assert seeds[0].tolist() == seeds[1].tolist() != seeds[2].tolist()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("longest", "Method longest cannot be used here.*model="),
        ("flqmi", "The target is missing"),
        ("mean_helpfulness", "utility kernel is missing"),
        ("random_per_group", "group field is missing"),
        ("column", "Name a numeric field"),
        ("list", "list of ids is missing"),
    ],
)
def test_what_is_missing_is_said(name, sentence, pool):
    with pytest.raises(MethodUnavailable, match=sentence):
        delift.choose(name, pool, budget=1)


def test_a_name_that_is_none_is_refused_with_those_that_are(pool):
    with pytest.raises(UnknownChoice, match="No method is called 'best'. Choose one of facility"):
        delift.choose("best", pool, budget=1)


def test_a_token_budget_needs_the_lengths(pool, tiny):
    chosen = delift.choose("random", pool, budget="12 tokens", model=tiny())
    assert chosen.costs.sum() <= 12
