"""What a person calls a run, and when it was opened last."""

import os

import pytest

from delift_core.errors import InvalidName
from delift_core.runs.run_labels import opened_at, rename_run, run_name, stamp_opened
from delift_core.runs.store import open_run


def test_a_run_has_no_name_until_somebody_gives_one(new_run):
    run = new_run("pool")
    assert run_name(run.folder) == ""
    rename_run(run, "  First   try ")
    assert run_name(run.folder) == "First try"
    assert open_run(run.folder).record == run.record


@pytest.mark.parametrize("name", ["", "   ", "a" * 61, "a\u202eb"])
def test_a_name_that_cannot_be_read_is_refused(name, new_run):
    run = new_run("pool")
    with pytest.raises(InvalidName):
        rename_run(run, name)
    assert run_name(run.folder) == ""


def test_two_runs_never_have_the_same_name(new_run):
    first, second = new_run("pool"), new_run("pool", "known")
    rename_run(first, "mine")
    with pytest.raises(InvalidName, match="'MINE' is taken by the run in"):
        rename_run(second, "MINE")
    rename_run(first, "Mine")


@pytest.mark.parametrize("content", ["", "[1]", '{"name": 7}', "not json"])
def test_a_damaged_name_is_none(content, new_run):
    run = new_run("pool")
    (run.folder / "name.json").write_text(content)
    assert run_name(run.folder) == ""


def test_when_a_run_was_opened_last_is_kept(new_run):
    run = new_run("pool")
    os.utime(run.folder / "run.json", (1000, 1000))
    assert opened_at(run).timestamp() == 1000
    stamp_opened(run)
    os.utime(run.folder / "opened", (2000, 2000))
    assert opened_at(run).timestamp() == 2000
