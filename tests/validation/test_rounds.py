"""Rounds of tuning on a tiny model: embeddings, picks, the base model anew, going on."""

import numpy as np
import pytest

from delift_core.data.example import Dataset
from delift_core.errors import MethodUnavailable
from delift_core.scoring.pairs import score_alone, scorer_for
from delift_core.selection.baselines.k_center import farthest_first
from delift_core.selection.baselines.rounds import first_picks
from delift_core.selection.choose import choose
from delift_core.selection.round_settings import RoundSettings
from delift_core.validation.network import tunable
from delift_core.validation.rounds import row_embeddings, tuned_on, tuning_rounds

SETTINGS = RoundSettings(rounds=2, initial=0.3, step=0.2)


def rounds(pool, load, **options):
    found = tuning_rounds(pool, load, template="chat", settings=SETTINGS, **options)
    return [picks.tolist() for picks in found]


def test_a_model_that_is_not_tuned_has_the_embeddings_of_scoring(for_tuning, written, roles, tiny):
    pool = roles["pool"]
    scored = score_alone(scorer_for(tiny(), "chat"), pool.examples).embedding
    found = row_embeddings(tunable(for_tuning(), None), written(pool))
    np.testing.assert_allclose(found, scored, atol=1e-5)


def test_the_picks_are_farthest_for_a_model_tuned_on_what_is_chosen(for_tuning, written, roles):
    pool = roles["pool"]
    first, second = rounds(pool, for_tuning)
    chosen = first_picks(SETTINGS, 6).tolist()
    for picks in (first, second):
        rows = written(pool)
        tuned = tuned_on(for_tuning(), [rows[row] for row in chosen], seed=0)
        embeddings = row_embeddings(tuned, rows)
        assert picks == farthest_first(embeddings, chosen, len(picks)).tolist()
        assert not np.allclose(embeddings, row_embeddings(tunable(for_tuning(), None), rows))
        chosen += picks
    assert (len(first), len(second)) == (1, 3) and sorted(chosen) == list(range(6))


def test_every_round_has_the_base_model_anew_and_goes_on_from_those_before(for_tuning, roles):
    loaded, read = [], []

    def load():
        loaded.append(for_tuning())
        return loaded[-1]

    whole = rounds(roles["pool"], load, advance=read.append)
    assert len(loaded) == 2 and sum(read) == SETTINGS.passes(6)
    later = rounds(roles["pool"], load, finished=[np.array(whole[0])])
    assert later == whole[1:] and len(loaded) == 3


def test_the_order_of_the_rounds_is_chosen_by(for_tuning, roles):
    order = np.concatenate([first_picks(SETTINGS, 6), *rounds(roles["pool"], for_tuning)])
    chosen = choose("rounds", roles["pool"], budget=4, rounds=order)
    assert chosen.indices.tolist() == order[:4].tolist() and chosen.method == "rounds"


def test_first_rows_without_responses_are_refused(for_tuning, make_example):
    silent = Dataset(tuple(make_example(f"Say {number}", "") for number in range(4)))
    with pytest.raises(MethodUnavailable, match="a larger share, or a pool with responses"):
        rounds(silent, for_tuning)
