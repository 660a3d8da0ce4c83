"""Rounds of tuning: how many rows each has, and how the next ones are picked."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from delift_core.errors import UnknownChoice
from delift_core.selection.baselines.embedding_coverage import cosine_similarity
from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.baselines.rounds import first_picks, next_picks
from delift_core.selection.greedy import maximise
from delift_core.selection.objectives import facility_location
from delift_core.selection.round_settings import RoundPicks, RoundSettings

SHARES = st.floats(0.01, 0.99)


@given(size=st.integers(1, 60), rounds=st.integers(1, 5), initial=SHARES, step=SHARES)
def test_first_picks_and_those_of_all_rounds_are_the_whole_pool(size, rounds, initial, step):
    settings = RoundSettings(rounds, initial, step)
    first = len(first_picks(settings, size))
    picks = [settings.picks(number, size) for number in range(1, rounds + 1)]
    assert min(picks) >= 0 and first + sum(picks) == size
    for number in range(1, rounds + 1):
        assert settings.rows(number, size) == first + sum(picks[: number - 1])


def test_examples_read_are_three_epochs_of_what_is_chosen_and_the_pool_until_nothing_is_left():
    settings = RoundSettings(rounds=4, initial=0.5, step=0.25)
    assert [settings.read(number, 8) for number in (1, 2, 3, 4)] == [3 * 4 + 8, 3 * 6 + 8, 0, 0]
    assert settings.passes(8) == 20 + 26


def test_the_next_picks_go_on_from_those_that_are_chosen():
    embeddings = np.random.default_rng(0).normal(size=(9, 3))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    far = next_picks(embeddings, [4, 1], RoundPicks.K_CENTER, 3)
    assert far.tolist() == farthest_first(embeddings, [4, 1], 3).tolist()
    covering = next_picks(embeddings, [4, 1], RoundPicks.EMBEDDING_COVERAGE, 3).tolist()
    objective = facility_location(cosine_similarity(embeddings))
    assert [4, 1, *covering] == maximise(objective, 5, pins=[4, 1]).indices.tolist()
    assert not {4, 1} & {*far.tolist(), *covering}


def test_first_picks_follow_the_seed():
    first, same, other = (
        first_picks(RoundSettings(initial=0.3, seed=seed), 20).tolist() for seed in (0, 0, 1)
    )
    assert first == same != other and len(first) == 6


@pytest.mark.parametrize(
    "setting", [{"rounds": 0}, {"initial": 0}, {"step": 1}, {"picks_by": "longest"}]
)
def test_what_cannot_be_is_refused(setting):
    with pytest.raises(UnknownChoice, match=r"Give|Choose"):
        RoundSettings(**setting)
