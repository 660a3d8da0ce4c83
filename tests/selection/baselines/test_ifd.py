"""Instruction-following difficulty: a case by hand, and where what has none goes."""

import numpy as np

from delift_core.scoring.kernel import Alone, Unprompted
from delift_core.selection.baselines.ifd import IFD, hardest_to_follow, ifd
from delift_core.selection.method import MethodInputs


def test_a_case_by_hand():
    """Perplexity 2 behind the prompt and 8 without it: a quarter of it is left."""
    assert np.isclose(ifd(np.log(2.0), np.log(8.0)), 0.25)
    assert ifd(np.array([1.5]), np.array([1.5])) == 1


def test_from_1_on_they_come_last_and_what_has_none_behind_them():
    difficulty = np.array([0.2, 1.0, np.nan, 0.9, 1.3, 0.2])
    assert hardest_to_follow(difficulty).tolist() == [3, 0, 5, 4, 1, 2]


def test_the_order_is_of_both_passes():
    log_probability = np.log(np.array([0.5, 0.5, 0.5], np.float32))
    alone = Alone(
        distance=np.full(3, 0.5, np.float32),
        log_probability=log_probability,
        response_tokens=np.ones(3, int),
        prompt_tokens=np.ones(3, int),
        truncated=np.zeros(3, bool),
        embedding=np.eye(3, dtype=np.float32),
    )
    without = Unprompted(np.log(np.array([0.1, 0.6, 0.4], np.float32)), np.ones(3, int))
    inputs = MethodInputs(size=3, pool_pass=alone, unprompted_pass=without)
    assert IFD.order(inputs).tolist() == [2, 0, 1]  # .8, .2, 1.2
