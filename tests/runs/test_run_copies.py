"""Runs duplicated, deleted and brought back: nothing is lost, and nothing moves under a job."""

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from filelock import FileLock

from delift_core.errors import NotARun, RunBusy, UnwritableFile
from delift_core.runs.lock import scoring_lock
from delift_core.runs.run_copies import (
    delete_run,
    deleted_runs,
    duplicate_run,
    own_bytes,
    remove_run,
    restore_run,
)
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
    copy = duplicate_run(run, "mine")
    assert copy.id != run.id and {copy.id, run.id} == {each.id for each in list_runs_of(run)}
    assert np.array_equal(copy.kernel("pool_pool").values, run.kernel("pool_pool").values)
    assert copy.pool == run.pool
    assert not (copy.folder / "audit.sqlite").exists() and not (copy.folder / "jobs").exists()


def list_runs_of(run):
    return list(list_runs(run.folder.parents[1]))


def test_what_happens_to_a_duplicate_leaves_the_original_as_it_is(run):
    before = contents(run.folder)
    copy = duplicate_run(run, "mine")
    copy.write_tile("pool_pool", copy.tiles("pool_pool")[0], np.zeros((3, 6, 4), np.float32))
    delete_run(copy, "its copy")
    assert contents(run.folder) == before


def test_every_duplicate_has_an_address_of_its_own_also_beside_deleted_ones(run):
    first = duplicate_run(run, "mine")
    deleted = delete_run(first, "its copy")
    second = duplicate_run(run, "mine")
    assert len({run.id, first.id, second.id}) == 3
    assert restore_run(deleted).id == first.id


def test_a_deleted_run_is_listed_and_comes_back_byte_for_byte(run):
    rename_run(run, "mine")
    before = contents(run.folder)
    deleted = delete_run(run, "mine")
    workspace = run.folder.parents[1]
    assert list_runs_of(run) == [] and deleted_runs(workspace) == [deleted]
    assert run_name(deleted.run.folder) == "mine" and deleted.run.pool == run.pool
    with pytest.raises(NotARun):
        open_run(run.folder)
    assert restore_run(deleted).folder == run.folder
    assert contents(run.folder) == before and deleted_runs(workspace) == []


def test_a_run_that_was_made_again_is_not_replaced_by_the_deleted_one(run, new_run):
    deleted = delete_run(run, "mine")
    again = new_run("pool")
    with pytest.raises(RunBusy, match="made again since. Delete that one first"):
        restore_run(deleted)
    newer = delete_run(again, "again")
    assert newer.run.folder != deleted.run.folder
    assert restore_run(deleted).complete() == ["pool_pool"]


@pytest.mark.parametrize("lock", ["scoring.lock", "jobs/score/worker.lock"])
@pytest.mark.parametrize("act", [delete_run, duplicate_run])
def test_nothing_moves_while_a_job_works_on_the_run(act, lock, run):
    file = run.folder / lock
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file), pytest.raises(RunBusy, match="Wait for it"):
        act(run, "mine")
    assert [each.id for each in list_runs_of(run)] == [run.id]


@pytest.mark.parametrize("act", [rename_run, duplicate_run, delete_run])
def test_a_run_that_was_deleted_meanwhile_is_refused_and_its_folder_stays_gone(act, run):
    delete_run(run, "mine")
    with pytest.raises(NotARun, match="deleted or moved since"):
        act(run, "another")
    assert not run.folder.exists()


def test_what_is_written_late_does_not_keep_a_deleted_run_from_coming_back(run):
    before = contents(run.folder)
    deleted = delete_run(run, "mine")
    run.folder.mkdir()
    (run.folder / "name.json").write_text('{"name": "late"}')
    restore_run(deleted)
    assert contents(run.folder) == before
    (aside,) = deleted.run.folder.parent.iterdir()
    assert contents(aside) == {"name.json": b'{"name": "late"}'}


@pytest.mark.parametrize("folder", ["my-run", "my-run-2", "plain"])
def test_a_run_comes_back_into_the_folder_that_it_lay_in(folder, run):
    moved = open_run(run.folder.rename(run.folder.with_name(folder)))
    assert restore_run(delete_run(moved, "mine")).folder == moved.folder
    second = restore_run(delete_run(moved, "mine"))
    assert second.folder == moved.folder and second.pool == run.pool


def test_a_run_that_was_deleted_before_its_folder_was_noted_comes_back_too(run):
    deleted = delete_run(run, "mine")
    (deleted.run.folder / "deleted").write_bytes(b"")
    (deleted,) = deleted_runs(run.folder.parents[1])
    assert deleted.title == run.id and restore_run(deleted).folder == run.folder


def test_what_a_deleted_run_was_called_is_told_without_its_examples(run):
    deleted = delete_run(run, "pool.jsonl")
    (deleted.run.folder / "pool" / "examples.parquet").unlink()
    assert [each.title for each in deleted_runs(run.folder.parents[1])] == ["pool.jsonl"]


def test_copies_of_runs_with_one_title_have_names_of_their_own(run, new_run):
    copies = [duplicate_run(each, "mine") for each in (run, new_run("pool", "known"), run)]
    names = [run_name(copy.folder) for copy in copies]
    assert names == ["mine (copy 1)", "mine (copy 2)", "mine (copy 3)"]


def test_copies_that_are_made_at_the_same_time_have_names_of_their_own(run, new_run, monkeypatch):
    def copy_slowly(*arguments, **options):
        time.sleep(0.2)
        return copy_tree(*arguments, **options)

    copy_tree = shutil.copytree
    monkeypatch.setattr(shutil, "copytree", copy_slowly)
    with ThreadPoolExecutor() as threads:
        copies = threads.map(duplicate_run, (run, new_run("pool", "known")), ("mine", "mine"))
        names = sorted(run_name(copy.folder) for copy in copies)
    assert names == ["mine (copy 1)", "mine (copy 2)"]


@pytest.mark.parametrize("title", ["a\u202eb", "  a  b\n", "n" * 80, ""])
def test_a_copy_has_a_name_whatever_the_run_is_called(title, run):
    name = run_name(duplicate_run(run, title).folder)
    assert name.endswith("(copy 1)") and "\u202e" not in name and len(name) <= 60


def test_a_copy_that_fails_leaves_nothing(run, monkeypatch):
    def fill_up(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copy2", fill_up)
    with pytest.raises(UnwritableFile, match="cannot be written"):
        duplicate_run(run, "mine")
    assert [each for each in run.folder.parent.iterdir() if each.is_dir()] == [run.folder]


def test_only_kernels_are_shared_also_in_a_workspace_under_a_folder_of_that_name(
    new_run, score, tmp_path
):
    run = new_run("pool", workspace=tmp_path / "kernels")
    score(run)
    status = run.folder / "pairs" / "0-1" / "status.json"
    status.parent.mkdir(parents=True)
    status.write_text("{}")
    copy = duplicate_run(run, "mine")
    shared = [
        file.relative_to(copy.folder).parts[0]
        for file in copy.folder.rglob("*")
        if file.is_file() and file.stat().st_nlink > 1
    ]
    assert set(shared) == {"kernels"}


@pytest.mark.parametrize(
    ("act", "module", "step"), [(duplicate_run, shutil, "copytree"), (delete_run, os, "replace")]
)
def test_nobody_begins_to_score_while_a_run_is_copied_or_moved(act, module, step, run, monkeypatch):
    refusals = []

    def meanwhile(*arguments, **options):
        with pytest.raises(RunBusy) as refusal, scoring_lock(run.folder):
            pass
        refusals.append(refusal)
        return done(*arguments, **options)

    done = getattr(module, step)
    monkeypatch.setattr(module, step, meanwhile)
    act(run, "mine")
    assert refusals


def test_a_run_whose_name_was_given_away_comes_back_under_a_free_one(run, new_run):
    rename_run(run, "mine")
    deleted = delete_run(run, "mine")
    rename_run(new_run("pool", "known"), "Mine")
    rename_run(new_run("pool", "target"), "mine (2)")
    assert run_name(restore_run(deleted).folder) == "mine (3)"


def test_a_deleted_run_is_removed_for_good_and_its_copy_keeps_its_scores(run):
    scores = run.kernel("pool_pool").values
    copy = duplicate_run(run, "mine")
    deleted = delete_run(run, "mine")
    remove_run(deleted)
    assert deleted_runs(copy.folder.parents[1]) == []
    assert np.array_equal(copy.kernel("pool_pool").values, scores)


def test_the_disk_gains_what_no_copy_shares(run):
    size = sum(len(content) for content in contents(run.folder).values())
    alone = own_bytes(delete_run(run, "mine").run.folder)
    assert alone >= size
    (deleted,) = deleted_runs(run.folder.parents[1])
    duplicate_run(restore_run(deleted), "mine")
    kernels = sum(len(content) for content in contents(run.folder / "kernels").values())
    assert own_bytes(delete_run(run, "mine").run.folder) == alone - kernels > 0


def test_a_deleted_run_that_cannot_be_removed_is_named(run, monkeypatch):
    def refuse(folder):
        raise PermissionError(13, "Permission denied")

    deleted = delete_run(run, "mine")
    monkeypatch.setattr(shutil, "rmtree", refuse)
    with pytest.raises(UnwritableFile, match=r"could be removed \(Permission denied\)"):
        remove_run(deleted)
