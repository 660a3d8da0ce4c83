"""A full disk in the middle of a tile, a verdict and an export.

The refusal says what to do, nothing is corrupt, and with room again work goes on.
"""

from dataclasses import replace

import pytest

from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from delift_core.data.example import Dataset
from delift_core.errors import NoDatabase, UnwritableFile
from delift_core.export.subset import export_rows
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest, score_folder
from delift_core.jobs.status import State
from delift_core.runs.integrity import missing_tiles, missing_work
from delift_core.runs.store import create_run
from delift_core.workflow.score import score_missing
from tests.faults.conftest import DONE, contents

FULL = (
    "it cannot be written (No space left on device). What was there before is unchanged; make room"
)


@pytest.fixture
def whole(new_run, many, score, tmp_path):
    """Every byte of an undisturbed run."""
    run = new_run(*many, workspace=tmp_path / "whole", data=many)
    score(run)
    return contents(run.folder)


@pytest.fixture
def run(disk, many, tiny):
    return create_run(disk.folder, many, tiny().record, "chat")


def test_a_disk_that_fills_between_two_tiles_stops_scoring_with_a_sentence(
    disk, run, whole, tiny, tried
):
    scoring = score_missing(missing_work(run, ["pool_pool"]), tiny())
    next(scoring)
    disk.fill()
    with pytest.raises(UnwritableFile) as refusal:
        next(scoring)
    assert (
        FULL in str(refusal.value)
        and "pool_pool.zarr/c/0/0/1: " in str(refusal.value)
        and not list(run.folder.rglob("*.partial"))
    )
    assert len(missing_tiles(run, "pool_pool")) == 4
    disk.free()
    list(score_missing(missing_work(run, ["pool_pool"]), tiny()))
    assert contents(run.folder) == whole
    tried(
        "disk full before a tile, in the library",
        "resumed",
        str(refusal.value).removeprefix(f"{run.folder}/"),
    )


@pytest.mark.parametrize(
    ("moment", "turn"), [("alone", 1), ("tile", 1), ("tile", 9), ("between", 2), ("writing", 3)]
)
def test_a_job_on_a_full_disk_fails_with_a_status_that_says_so(
    moment, turn, disk, run, whole, run_worker, tried
):
    code, found = run_worker(run, "pool_pool", filled=[moment, turn], filler=str(disk.filler))
    assert (
        code == 1
        and found.state == State.FAILED
        and FULL in found.error
        and "\n" not in found.error
    )
    disk.free()
    code, found_later = run_worker(run, "pool_pool")
    assert (code, found_later.state) == DONE
    assert contents(run.folder) == whole
    tried(
        f"disk full, a job ({moment} {turn})", "resumed", found.error.removeprefix(f"{run.folder}/")
    )


def test_a_job_is_not_started_on_a_full_disk_and_what_was_there_stays(disk, run, tried):
    disk.fill()
    with pytest.raises(UnwritableFile, match="No space left on device") as refusal:
        jobs.start(ScoreRequest(str(run.folder), ["pool_pool"], str(run.folder.parents[1])))
    assert jobs.status(score_folder(run.folder)) is None and not list(run.folder.rglob("*.partial"))
    tried(
        "disk full before a job is started",
        "refused",
        str(refusal.value).removeprefix(f"{run.folder}/"),
    )


def test_a_verdict_on_a_full_disk_is_not_given_and_those_before_stay(disk, run, tried):
    log = open_log(run.folder)
    log.append([Event("1", "a", Action.KEEP, "anna")])
    disk.fill()
    with pytest.raises(NoDatabase, match="nothing was written .*full.* making room") as refusal:
        log.append([Event("2", "b", Action.DROP, "anna", note="n" * 50_000)])
    assert [event.uid for event in log.events()] == ["1"]
    disk.free()
    log.append([Event("3", "c", Action.FLAG, "anna")])
    log.engine.dispose()
    assert [event.uid for event in open_log(run.folder).events()] == ["1", "3"]
    tried(
        "disk full in the middle of a verdict",
        "resumed",
        str(refusal.value).removeprefix(f"{run.folder}/"),
    )


def test_the_first_verdict_on_a_full_disk_leaves_no_database_that_is_none(disk, run, tried):
    disk.fill()
    with pytest.raises(NoDatabase, match="verdicts cannot be kept there .*Make room") as refusal:
        open_log(run.folder)
    disk.free()
    open_log(run.folder).append([Event("1", "a", Action.KEEP, "anna")])
    assert [event.uid for event in open_log(run.folder).events()] == ["1"]
    tried(
        "disk full before the first verdict",
        "resumed",
        str(refusal.value).removeprefix(f"{run.folder}/"),
    )


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.parquet", "out"])
def test_an_export_onto_a_full_disk_leaves_the_one_before_as_it_was(name, disk, many, tried):
    noise = {str(number): f"{number * 7919 % 104729:x}" for number in range(2_000)}
    large = [
        replace(example, extra={**noise, "prompt": example.prompt}) for example in many["pool"]
    ]
    path = export_rows(many["pool"], disk.folder / name, manifest={})
    before = contents(disk.folder)
    disk.fill()
    with pytest.raises(UnwritableFile) as refusal:
        export_rows(large, path, manifest={})
    assert FULL in str(refusal.value)
    disk.free()
    assert contents(disk.folder) == before
    assert (
        export_rows(Dataset(tuple(large)), path, manifest={}) == path
        and contents(disk.folder) != before
    )
    tried(
        f"disk full in the middle of an export to {name}",
        "resumed",
        str(refusal.value).removeprefix(f"{disk.folder}/"),
    )
