"""What is missing or damaged in a run folder is found without a change to it."""

import pytest

from delift_core.runs.integrity import MissingWork, missing_tiles, missing_work, repair
from delift_core.runs.store import open_run
from delift_core.scoring.plan import Plan, PlanKind


@pytest.fixture
def damaged(new_run, score, damage):
    run = new_run("pool", plan=Plan(PlanKind.NEAREST, 0.5))
    score(run)
    damage(run)
    return open_run(run.folder)


def test_asking_what_is_missing_changes_no_byte_and_no_time_in_a_damaged_run(damaged, files):
    """The question used to delete the pair mask and to rewrite the description."""
    before = files(damaged.folder)
    work = missing_work(damaged, ["pool_pool"])
    assert [tile.columns for tile in work.tiles["pool_pool"]] == [slice(4, 6)]
    assert not work.is_empty and work.pairs == work.all_pairs == 3 * 6
    assert files(damaged.folder) == before


def test_repair_makes_what_it_can_and_removes_what_must_be_made_anew(damaged):
    repair(damaged, ["pool_pool"])
    folder = damaged.kernel_folder("pool_pool")
    assert sorted(file.name for file in folder.rglob("*") if file.is_file()) == [
        "0",
        "1",
        "notes.json",
        "zarr.json",
    ]
    assert not list(damaged.folder.rglob("*.partial"))
    assert len(missing_tiles(damaged, "pool_pool")) == 1


def test_repair_changes_nothing_in_a_run_that_is_whole(new_run, score, files):
    run = new_run("pool")
    score(run)
    before = files(run.folder)
    repair(run, ["pool_pool"])
    assert files(run.folder) == before and missing_work(run, ["pool_pool"]).is_empty


def test_a_kernel_whose_pass_alone_is_lost_is_not_complete(new_run, score):
    run = new_run("pool")
    score(run)
    (run.folder / "pool" / "alone.parquet").unlink()
    assert not missing_work(open_run(run.folder), ["pool_pool"]).is_empty


def test_a_kernel_whose_description_is_cut_off_is_not_complete(new_run, score):
    """A job and a command that score only what is not empty have to write it anew."""
    run = new_run("pool")
    score(run)
    file = run.kernel_folder("pool_pool") / "zarr.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    work = missing_work(open_run(run.folder), ["pool_pool"])
    assert work.pairs == 0 and not work.is_empty
    assert score(run) == 0
    assert file.read_bytes() == whole and missing_work(run, ["pool_pool"]).is_empty


def test_no_kernel_lacks_nothing(new_run):
    assert MissingWork(new_run("pool"), {}).is_empty
