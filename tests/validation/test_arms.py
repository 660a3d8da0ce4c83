"""The arms of an experiment and their cells."""

from dataclasses import replace

import numpy as np
import pytest

from delift_core.errors import InvalidName
from delift_core.selection.baselines.random import random_order
from delift_core.selection.constraints import Restrictions
from delift_core.selection.settle import settle
from delift_core.validation.arms import (
    RANDOM,
    UNTUNED,
    WHOLE_AT_EQUAL_EPOCHS,
    WHOLE_AT_EQUAL_STEPS,
    Design,
    Experiment,
    arms_of,
    cells_of,
)
from delift_core.validation.cells import row_digest
from tests.validation.test_cells import SETTING

CONSTRAINTS = settle(3, 6, restrictions=Restrictions(pins=[5], excludes=[0]))
CHOSEN = {"facility_location": np.array([5, 2, 1]), "longest": [5, 4, 3]}


@pytest.fixture
def experiment(roles):
    """3 of 6 rows with two a step: 2 steps an epoch, and 3 through the whole pool."""
    setting = replace(SETTING, rows_per_step=2)
    design = Design(epochs=4, random=5, seeds=2)
    return Experiment(roles["pool"], "facility_location", CHOSEN, CONSTRAINTS, setting, design)


@pytest.fixture
def arms(experiment):
    return {arm.name: arm.cells for arm in arms_of(experiment)}


def test_the_untuned_model_comes_first_and_every_arm_has_its_repeats(arms):
    assert {name: (len(cells), len(cells[0])) for name, cells in arms.items()} == {
        UNTUNED: (1, 1),
        RANDOM: (5, 1),
        "facility_location": (1, 2),
        "longest": (1, 2),
        WHOLE_AT_EQUAL_STEPS: (1, 2),
        WHOLE_AT_EQUAL_EPOCHS: (1, 2),
    }
    assert next(iter(arms)) == UNTUNED and arms[UNTUNED][0][0].rows == ()


def test_all_arms_have_equal_steps_but_the_whole_pool_at_equal_epochs(arms):
    steps = {
        name: {cell.steps for seeds in cells for cell in seeds} for name, cells in arms.items()
    }
    assert steps.pop(WHOLE_AT_EQUAL_EPOCHS) == {12}
    assert steps.pop(UNTUNED) == {0}
    assert set().union(*steps.values()) == {8}


def test_rows_stand_in_the_order_of_choice_and_the_whole_pool_in_its_own(arms, roles):
    digests = [row_digest(example) for example in roles["pool"]]
    assert arms["facility_location"][0][1].rows == tuple(digests[row] for row in (5, 2, 1))
    assert arms[WHOLE_AT_EQUAL_STEPS][0][0].rows == tuple(digests)
    assert [cell.seed for cell in arms["longest"][0]] == [0, 1]


def test_random_selections_keep_to_the_constraints_and_have_seeds_of_their_own(arms, roles):
    digests = [row_digest(example) for example in roles["pool"]]
    drawn = [seeds[0] for seeds in arms[RANDOM]]
    assert [cell.seed for cell in drawn] == list(range(5))
    for seed, cell in enumerate(drawn):
        expected = random_order(CONSTRAINTS, seed).tolist()
        assert cell.rows == tuple(digests[row] for row in expected)
        assert cell.rows[0] == digests[5] and digests[0] not in cell.rows
    assert len({cell.rows for cell in drawn}) > 1


def test_known_examples_are_measured_by_every_model_and_the_pool_by_two(experiment, roles):
    known, pool = (roles[role].text_fingerprint for role in ("known", "pool"))
    measured = replace(experiment, known=roles["known"], learned=True)
    arms = {arm.name: arm.cells for arm in arms_of(measured)}
    firsts = [arms[UNTUNED][0][0], arms["facility_location"][0][0]]
    assert [cell.also for cell in firsts] == [(known, pool)] * 2
    others = [cell for cell in cells_of(arms_of(measured)) if cell not in firsts]
    assert {cell.also for cell in others} == {(known,)}
    assert len(others) == len(cells_of(arms_of(experiment))) - 2


def test_every_cell_is_listed_once(experiment):
    arms = arms_of(experiment)
    cells = cells_of([*arms, *arms])
    assert len(cells) == len({cell.address for cell in cells}) == 1 + 5 + 4 * 2


@pytest.mark.parametrize("name", [RANDOM, UNTUNED])
def test_a_selection_cannot_have_the_name_of_an_arm(name, experiment):
    with pytest.raises(InvalidName, match="Give the selection another name"):
        replace(experiment, chosen={**CHOSEN, name: [1, 2]})
