"""What became of each example of the pool, and a tiny model that really learned its rows."""

import numpy as np

from delift_core.selection.settle import settle
from delift_core.validation.arms import Design, Experiment, arms_of, cells_of
from delift_core.validation.cells import CellStore, Setting
from delift_core.validation.learned import Learned, Learning, learned_of
from delift_core.validation.measuring import CellInputs, measure_unfinished

HALF = np.log(2)


def test_an_example_is_known_where_its_tokens_have_a_mean_probability_of_a_half():
    before = np.array([HALF - 0.01, HALF + 0.01, 2, HALF - 0.01, np.nan])
    after = np.array([0.1, HALF - 0.01, 1, HALF + 0.01, np.nan])
    found = Learned(before, after)
    assert found.states() == [*Learning, None]
    assert found.states(threshold=1.5) == [
        Learning.KNOWN,
        Learning.KNOWN,
        Learning.LEARNED,
        Learning.KNOWN,
        None,
    ]
    np.testing.assert_allclose(found.fall[2:4], [1, -0.02])


def test_a_tiny_model_learns_the_rows_that_it_is_tuned_on(for_tuning, roles, tmp_path):
    pool, known = roles["pool"], roles["known"]
    setting = Setting(
        model=for_tuning().record,
        template="chat",
        held_out=known.text_fingerprint,
        tuner="full",
        options={},
        learning_rate=5e-3,
        rows_per_step=3,
    )
    experiment = Experiment(
        pool, "chosen", {"chosen": [0, 2, 4]}, settle(3, 6), setting, Design(40), learned=True
    )
    arms, store = arms_of(experiment), CellStore(tmp_path)
    firsts = [cell for cell in cells_of(arms) if cell.also]
    list(measure_unfinished(store, firsts, CellInputs(for_tuning, pool, known)))
    found = learned_of(store, arms, "chosen", pool.text_fingerprint)
    assert [found.states()[row] for row in (0, 2, 4)] == [Learning.LEARNED] * 3
    assert found.fall[[0, 2, 4]].min() > found.fall[[1, 3, 5]].max()
    assert found.after[[0, 2, 4]].max() < 0.3
