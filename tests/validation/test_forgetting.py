"""Known examples before and after tuning, beside the held-out ones."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.selection.settle import settle
from delift_core.validation.arms import RANDOM, UNTUNED, Design, Experiment, arms_of
from delift_core.validation.cells import CellStore, Measured
from delift_core.validation.forgetting import forgetting_of
from delift_core.validation.statistics import Losses, difference
from tests.validation.test_cells import SETTING

SCORES = np.full(30, np.nan, dtype=np.float32)
SILENT = 3  # a known example without a response


@pytest.fixture
def experiment(roles):
    chosen = {"chosen": [0, 1, 2]}
    setting = replace(SETTING, rows_per_step=2)
    settled, design = settle(3, 6), Design(seeds=3)
    known = roles["known"]
    return Experiment(roles["pool"], "chosen", chosen, settled, setting, design, known)


def test_what_is_forgotten_stands_beside_what_is_gained(experiment, tmp_path):
    """Tuning lowers held-out losses by .2; the selection raises known ones by .1."""
    rng, store, arms = np.random.default_rng(0), CellStore(tmp_path), arms_of(experiment)
    known = experiment.known.text_fingerprint
    new, old = rng.normal(2, 0.5, 30), rng.normal(1, 0.3, 20)
    old[SILENT] = np.nan
    for arm in arms:
        gained, lost = 0.2 * (arm.name != UNTUNED), 0.1 * (arm.name == "chosen")
        for cell in (cell for seeds in arm.cells for cell in seeds):
            losses = (new - gained + rng.normal(0, 0.01, 30)).astype(np.float32)
            also = {known: (old + lost + rng.normal(0, 0.01, 20)).astype(np.float32)}
            store.write(cell, Measured(losses, SCORES, also))
    found = forgetting_of(store, arms, known)
    assert set(found.known) == set(found.new) == {arm.name for arm in arms} - {UNTUNED}
    assert found.before == pytest.approx(np.nanmean(old), abs=0.01)
    assert found.after("chosen") == pytest.approx(np.nanmean(old) + 0.1, abs=0.02)
    assert found.known["chosen"].low > 0 and found.known["chosen"].per_example.shape == (19,)
    assert not found.known[RANDOM].is_detected
    assert all(one.high < 0 for one in found.new.values())
    (seeds,), ((untuned,),) = (arm.cells for arm in (arms[2], arms[0]))
    scored = np.delete(np.arange(20), SILENT)
    values = [store.read(cell).also[known][scored].astype(float) for cell in (*seeds, untuned)]
    direct = difference(Losses(np.array([values[:3]])), Losses(np.array([values[3:]])))
    assert (found.known["chosen"].low, found.known["chosen"].high) == (direct.low, direct.high)
