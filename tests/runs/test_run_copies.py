"""Runs duplicated, deleted and brought back: nothing is lost, and nothing moves under a job."""

import numpy as np
import pytest
from filelock import FileLock

from delift_core.errors import NotARun, RunBusy
from delift_core.runs.run_copies import delete_run, deleted_runs, duplicate_run, restore_run
from delift_core.runs.run_labels import rename_run, run_name
from delift_core.runs.store import list_runs, open_run


def contents(folder):
    """Path -> bytes of every file in a folder."""
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


@pytest.fixture
def run(new_run, score):
    run = new_run("pool")
    score(run)
    return run


def test_a_duplicate_is_another_run_with_the_same_scores(run):
    (run.folder / "audit.sqlite").write_bytes(b"verdicts")
    copy = duplicate_run(run)
    assert copy.id != run.id and {copy.id, run.id} == {each.id for each in list_runs_of(run)}
    assert np.array_equal(copy.kernel("pool_pool").values, run.kernel("pool_pool").values)
    assert copy.pool == run.pool
    assert not (copy.folder / "audit.sqlite").exists() and not (copy.folder / "jobs").exists()


def list_runs_of(run):
    return list(list_runs(run.folder.parents[1]))


def test_what_happens_to_a_duplicate_leaves_the_original_as_it_is(run):
    before = contents(run.folder)
    copy = duplicate_run(run)
    copy.write_tile("pool_pool", copy.tiles("pool_pool")[0], np.zeros((3, 6, 4), np.float32))
    delete_run(copy)
    assert contents(run.folder) == before


def test_every_duplicate_has_an_address_of_its_own_also_beside_deleted_ones(run):
    first = duplicate_run(run)
    deleted = delete_run(first)
    second = duplicate_run(run)
    assert len({run.id, first.id, second.id}) == 3
    assert restore_run(deleted).id == first.id


def test_a_deleted_run_is_listed_and_comes_back_byte_for_byte(run):
    rename_run(run, "mine")
    before = contents(run.folder)
    deleted = delete_run(run)
    workspace = run.folder.parents[1]
    assert list_runs_of(run) == [] and deleted_runs(workspace) == [deleted]
    assert run_name(deleted.run.folder) == "mine" and deleted.run.pool == run.pool
    with pytest.raises(NotARun):
        open_run(run.folder)
    assert restore_run(deleted).folder == run.folder
    assert contents(run.folder) == before and deleted_runs(workspace) == []


def test_a_run_that_was_made_again_is_not_replaced_by_the_deleted_one(run, new_run):
    deleted = delete_run(run)
    again = new_run("pool")
    with pytest.raises(RunBusy, match="made again since. Delete that one first"):
        restore_run(deleted)
    newer = delete_run(again)
    assert newer.run.folder != deleted.run.folder
    assert restore_run(deleted).complete() == ["pool_pool"]


@pytest.mark.parametrize("lock", ["scoring.lock", "jobs/score/worker.lock"])
@pytest.mark.parametrize("act", [delete_run, duplicate_run])
def test_nothing_moves_while_a_job_works_on_the_run(act, lock, run):
    file = run.folder / lock
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file), pytest.raises(RunBusy, match="Wait for it"):
        act(run)
    assert [each.id for each in list_runs_of(run)] == [run.id]
