"""Runs that are removed for good, while others look at the trash, and after one was cut off."""

import shutil

import pytest

from delift_core.errors import UnwritableFile
from delift_core.runs.run_copies import delete_run, deleted_runs, remove_run
from delift_core.runs.store import workspace_of


@pytest.fixture
def run(new_run):
    return new_run("pool")


def test_what_was_cut_off_is_listed_no_more_and_goes_with_the_next_removal(run, monkeypatch):
    workspace, deleted = workspace_of(run), delete_run(run, "mine")

    def cut_off(folder):
        (folder / "run.json").unlink()
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as failing:
        failing.setattr(shutil, "rmtree", cut_off)
        with pytest.raises(UnwritableFile, match="Input/output error"):
            remove_run(deleted)
    assert deleted_runs(workspace) == []
    remove_run(deleted)
    assert list((workspace / "trash" / "removed").iterdir()) == []


def test_a_run_that_another_has_removed_is_removed(run):
    deleted = delete_run(run, "mine")
    remove_run(deleted)
    remove_run(deleted)
    assert deleted_runs(workspace_of(run)) == []
