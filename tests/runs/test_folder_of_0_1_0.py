"""A run folder that version 0.1.0 made opens as it was, under its address.

That version made it: six pool, one target and two known examples of tests/conftest.py, a tiny
model, the nearest half of the pairs, one selection, two verdicts.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

from delift_core.audit.events import Action
from delift_core.audit.log import open_log
from delift_core.files import digest
from delift_core.runs.integrity import missing_work
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.runs.store import create_run, list_runs, open_run
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose

ADDRESS = "fb05043e69c4e2fd"
CHOICE = Choice(objective="flcg", budget="3", pins=("pool4",))


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    shipped = Path(__file__).with_name("folder_of_0_1_0") / ADDRESS
    return open_run(shutil.copytree(shipped, tmp_path / "runs" / ADDRESS))


def test_it_opens_under_its_address_with_its_plan_and_examples(run, roles, tmp_path):
    assert run.id == ADDRESS == digest(run.record)[:16]
    assert [listed.id for listed in list_runs(tmp_path)] == [ADDRESS]
    assert run.plan == Plan(PlanKind.NEAREST, 0.5) and run.datasets == roles


def test_the_same_request_finds_the_same_folder_and_writes_nothing_into_it(
    run, roles, tmp_path, files
):
    before = files(run.folder)
    again = create_run(
        tmp_path, roles, run.record["model"], run.record["template"], Plan("nearest", 0.5)
    )
    assert again.folder == run.folder and files(run.folder) == before


def test_its_kernels_are_complete_and_hold_the_same_values(run):
    assert run.complete() == ["pool_pool", "target_pool", "pool_target", "pool_known"]
    assert missing_work(run, run.possible).is_empty
    kernel = run.kernel("pool_pool")
    assert np.isfinite(kernel.values).sum() == run.pairs("pool_pool") == 18
    assert kernel.values[5, 1] == np.float32(0.030950486660003662)
    assert kernel.values[4, 5] == np.float32(0.0004949569702148438)
    assert np.isnan(kernel.values[0, 0])


def test_its_selection_is_read_and_chosen_again_under_the_same_name(run):
    path = find_selection(run)
    choice, selection = read_selection(path)
    assert path.name == "f2e8e3407c5a.parquet" and choice == CHOICE
    assert selection.indices.tolist() == [4, 1, 2] and selection.pinned == 1
    assert selection.gains.tolist() == [
        0.014388362877070904,
        0.016921778209507465,
        3.6656856536865234e-05,
    ]
    _, chosen = choose(run, CHOICE)
    assert save_selection(run, CHOICE, chosen) == path
    assert chosen.indices.tolist() == [4, 1, 2]


def test_its_verdicts_are_read(run):
    events = open_log(run.folder).events()
    assert [(event.example, event.action, event.reviewer) for event in events] == [
        ("pool3", Action.DROP, "anna"),
        ("pool4", Action.KEEP, "ben"),
    ]
    assert events[0].reasons == ("wrong",) and events[1].note == "right"
