"""The demo's most telling pairs come explained with it."""

import json

import numpy as np
import pytest

from delift_core.analysis.token_shares import log_ratios, token_shares
from delift_core.jobs import jobs
from delift_core.runs.folders import pair_folder
from delift_core.runs.store import bundled_run
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from delift_core.workflow.explain import FIRST, notable_pairs, store_explanations

RUN = bundled_run()
KERNEL = RUN.kernel("pool_pool")
CHOSEN = choose(RUN, Choice("facility_location"))[1].indices
PAIRS = notable_pairs(KERNEL, CHOSEN)


def kept(pair):
    return jobs.result(pair_folder(RUN.folder, "pool_pool", *pair))


def test_every_choice_is_told_with_whom_it_helps_most():
    # (answered, shown)
    values = np.where(np.eye(len(KERNEL.values), dtype=bool), -np.inf, KERNEL.values)
    assert {(int(values[:, shown].argmax()), shown) for shown in CHOSEN.tolist()} <= set(PAIRS)
    assert all(sum(shown == first for _, shown in PAIRS) >= 8 for first in CHOSEN[:FIRST].tolist())
    assert tuple(map(int, np.unravel_index(values.argmax(), values.shape))) in PAIRS
    assert not [pair for pair in PAIRS if pair[0] == pair[1]] and sorted(set(PAIRS)) == PAIRS


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def test_what_is_shipped_is_what_the_kernel_says(pair):
    found = kept(pair)
    logp = [np.array(found[side]["log_probabilities"]) for side in ("alone", "shown")]  # (T,) each
    assert found["utility"] == pytest.approx(KERNEL.values[pair], abs=2e-5)
    assert token_shares(*logp).sum() == pytest.approx(KERNEL.values[pair], abs=2e-5)
    assert log_ratios(*logp).mean() == pytest.approx(KERNEL.pmi[pair], abs=2e-4)
    assert "".join(found["pieces"]) == found["alone"]["response"]


def test_explained_pairs_are_found_where_the_pages_look(new_run, tiny, score):
    run = new_run()
    score(run)
    store_explanations(run, tiny(), "pool_pool", [(1, 0), (2, 3)])
    assert jobs.result(pair_folder(run.folder, "pool_pool", 1, 0))["utility"] is not None
    found = jobs.result(pair_folder(run.folder, "pool_pool", 2, 3))
    assert found["utility"] == pytest.approx(run.kernel("pool_pool").values[2, 3], abs=2e-5)
    assert json.dumps(found)
