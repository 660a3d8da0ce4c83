"""`delift.validate`: the whole experiment in one call."""

import numpy as np
import pytest

import delift_core as delift
from delift_core.errors import InvalidName, InvalidValidation
from delift_core.selection.budget import Budget
from delift_core.selection.greedy import Selection
from delift_core.validation.arms import Design
from delift_core.validation.validate import Tuning
from tests.conftest import TINY_ROWS, dataset

POOL = dataset("pool", TINY_ROWS)
HELD_OUT = dataset("held", [("Say good night", "night"), ("Hm?", "hm")])
DESIGN = Design(epochs=1, random=2, seeds=2)


def chosen(*rows):
    return Selection(np.array(rows), np.zeros(len(rows)), Budget.parse(len(rows)), None)


def test_a_selection_is_tuned_beside_random_ones_and_told_with_its_interval(for_tuning, tmp_path):
    settings = {"held_out": HELD_OUT, "model": for_tuning(), "design": DESIGN, "folder": tmp_path}
    read = []
    evidence = delift.validate(
        POOL, chosen(0, 2), beside={"other": chosen(4, 5)}, progress=read.append, **settings
    )
    assert {"untuned", "random", "selection", "other", "longest"} <= set(evidence.losses)
    assert "nats" in evidence.sentence and sum(read) > 0
    again = delift.validate(
        POOL, chosen(0, 2), beside={"other": chosen(4, 5)}, progress=read.clear, **settings
    )
    assert again.sentence == evidence.sentence


def test_a_budget_in_tokens_is_one_for_random_selections_too(for_tuning):
    selection = Selection(np.array([0, 1]), np.zeros(2), Budget.parse("12 tokens"), None)
    evidence = delift.validate(
        POOL,
        selection,
        held_out=HELD_OUT,
        model=for_tuning(),
        design=DESIGN,
        tuning=Tuning(learning_rate=1e-3, rows_per_step=2),
    )
    assert evidence.losses["random"].values.shape[0] == 2


@pytest.mark.parametrize("name", ["selection", "longest", "random"])
def test_a_selection_beside_has_a_name_of_its_own(name, for_tuning):
    with pytest.raises(InvalidName, match="Give the selection another name"):
        delift.validate(
            POOL, chosen(0, 2), held_out=HELD_OUT, model=for_tuning(), beside={name: chosen(1)}
        )


def test_one_held_out_example_has_no_interval(for_tuning):
    with pytest.raises(InvalidValidation, match="without 2 held-out examples"):
        delift.validate(
            POOL, chosen(0, 2), held_out=dataset("one", [("Hm?", "hm")]), model=for_tuning()
        )


@pytest.mark.parametrize("few", [{"random": 1}, {"seeds": 1}])
def test_one_of_a_kind_tells_nothing_of_chance(few):
    with pytest.raises(InvalidValidation, match="Give at least 2 of each"):
        Design(**few)


def test_sources_are_clients_where_the_tuner_has_them_and_their_field_has_to_be_named(for_tuning):
    settings = {"held_out": HELD_OUT, "model": for_tuning(), "design": DESIGN}
    with pytest.raises(InvalidValidation, match="group_by=FIELD"):
        delift.validate(POOL, chosen(0, 2), tuner="prompt_clients", **settings)
