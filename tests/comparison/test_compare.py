"""`delift.compare`: selections of a pool by what is given."""

import numpy as np
import pytest

import delift_core as delift
from delift_core.errors import InvalidBudget, InvalidConstraint


@pytest.fixture(scope="module")
def pool():
    texts = ["a", "bbbb", "cc", "ddd", "eeeee", "ffffff"]
    rows = [
        {"id": f"r{row}", "prompt": f"Say {text}", "response": text, "kind": str(row % 2)}
        for row, text in enumerate(texts)
    ]
    return delift.read_dataset(rows)


@pytest.fixture(scope="module")
def kernel(pool, tiny):
    return delift.score_utilities(pool, model=tiny())


def chosen_by(names, pool, **options):
    return {name: delift.choose(name, pool, **options) for name in names}


def test_selections_are_compared_by_what_the_kernel_and_the_model_allow(pool, kernel, tiny):
    names = ("facility_location", "longest", "random")
    chosen = chosen_by(names, pool, budget=3, kernel=kernel, model=tiny(), pins=["r2"])
    by_kernel = delift.compare(pool, chosen, kernel=kernel)
    assert [measure.name for measure in by_kernel.measures] == ["coverage"]
    assert [entry.name for entry in by_kernel.entries] == list(names)
    for drawn in by_kernel.draws[0].rows:
        assert drawn[0] == 2
    whole = delift.compare(pool, chosen, kernel=kernel, model=tiny(), target=pool.sample(3))
    assert {"vendi", "mmd_pool", "mmd_target", "tokens", "ifd"} < {m.name for m in whole.measures}
    assert "target_coverage" in whole.absent
    best = whole.values[0].argmax()
    assert names[best] == "facility_location"


def test_a_token_budget_needs_the_tokens_of_every_example(pool, tiny):
    chosen = chosen_by(["longest"], pool, budget="20 tokens", model=tiny())
    with pytest.raises(InvalidBudget, match="'longest' has a budget in tokens.*model="):
        delift.compare(pool, chosen)
    compared = delift.compare(pool, chosen, model=tiny())
    tokens = [measure.name for measure in compared.measures].index("tokens")
    assert compared.cell(tokens, 0).value <= 20 and compared.cell(tokens, 0).high <= 20


def test_excludes_and_quotas_hold_of_random_selections_too(pool):
    rules = {"excludes": ["r1"], "group_by": "kind", "quotas": {"0": 1}}
    chosen = chosen_by(["random"], pool, budget=3, **rules)
    compared = delift.compare(pool, chosen, fields=["kind"], **rules)
    assert (compared.compositions[0].chance[:, :, 0] <= 1).all()
    assert not any(1 in drawn for drawn in compared.draws[0].rows)


def test_a_selection_of_another_pool_is_refused(pool):
    chosen = chosen_by(["random"], pool, budget=6)
    smaller = pool.sample(4)
    with pytest.raises(InvalidConstraint, match="'random' holds row 5 and the pool has 4"):
        delift.compare(smaller, chosen)


def test_a_selection_beside_itself_is_the_same(pool):
    chosen = delift.choose("random", pool, budget=3)
    compared = delift.compare(pool, {"once": chosen, "twice": chosen})
    assert np.array_equal(compared.jaccard, np.ones((2, 2)))
    assert np.array_equal(compared.rank_correlation, np.ones((2, 2)))
    assert compared.measures == ()
