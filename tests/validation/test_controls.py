"""Controls really tuned with the bundled model: what has to come out comes out."""

from dataclasses import asdict, replace

import pytest

from delift_core.data.example import Dataset
from delift_core.runs.store import bundled_run
from delift_core.scoring.model import load_model
from delift_core.validation.arms import Arm, cells_of
from delift_core.validation.cells import Cell, CellStore, Setting, row_digest
from delift_core.validation.evidence import measured_arm
from delift_core.validation.measuring import CellInputs, measure_unfinished
from delift_core.validation.statistics import Losses, difference
from delift_core.validation.tuners.lora import LoraOptions

pytestmark = pytest.mark.model  # more than a minute of one core

TOPICS = ("arithmetic", "capitals", "conversions")  # of short rows
TRAINED, CHOSEN, HELD_OUT = 9, 6, 8  # rows
STEPS = 5  # of three rows
SELECTIONS = ((0, 1, 2, 3, 4, 5), (3, 4, 5, 6, 7, 8), (6, 7, 8, 0, 1, 2))  # at random


def load():
    return load_model("bundled", device="cpu", for_tuning=True)


@pytest.fixture(scope="module")
def losses(tmp_path_factory):
    """Arm -> losses on held-out rows; a shuffled answer is one to a question of another topic"""
    by_topic = [[row for row in bundled_run().pool if row.extra["topic"] == of] for of in TOPICS]
    rows = [row for of_topics in zip(*by_topic) for row in of_topics]
    right, held_out = rows[:TRAINED], Dataset(tuple(rows[TRAINED : TRAINED + HELD_OUT]))
    answers = [row.response for row in right]
    wrong = [replace(row, response=answer) for row, answer in zip(right, answers[1:] + answers[:1])]
    setting = Setting(
        model=load().record,
        template="chat",
        held_out=held_out.text_fingerprint,
        tuner="lora",
        options=asdict(LoraOptions()),
        learning_rate=1e-3,
        rows_per_step=3,
    )

    def cell(rows, seed=0, steps=STEPS):
        return Cell(setting, tuple(map(row_digest, rows)), steps, seed)

    random = [[right[row] for row in selection] for selection in SELECTIONS]
    whole = cell(right, steps=STEPS * TRAINED // CHOSEN)
    arms = [
        Arm("random", tuple((cell(rows, seed),) for seed, rows in enumerate(random))),
        Arm("same", ((cell(random[0]), cell(random[0], seed=1)),)),
        Arm("shuffled", ((cell(wrong[:CHOSEN]), cell(wrong[:CHOSEN], seed=1)),)),
        Arm("whole pool", ((whole,),)),
        Arm("untuned", ((Cell(setting),),)),
    ]
    store = CellStore(tmp_path_factory.mktemp("cells"))
    inputs = CellInputs(load, Dataset((*right, *wrong)), held_out)
    assert len(list(measure_unfinished(store, cells_of(arms), inputs))) == 8
    return {arm.name: Losses(measured_arm(store, arm)[0]) for arm in arms}


def test_answers_shuffled_within_a_subset_are_worse_than_random_ones(losses):
    assert difference(losses["shuffled"], losses["random"]).low > 0


def test_the_rows_of_a_random_selection_do_not_differ_from_random_ones(losses):
    assert not difference(losses["same"], losses["random"]).is_detected


def test_the_untuned_model_is_worse_than_the_whole_pool(losses):
    assert difference(losses["untuned"], losses["whole pool"]).low > 0
