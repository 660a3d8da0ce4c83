"""Scoring a run: a stored tile is never scored again; a continued run has the same bytes."""

import hashlib
import subprocess
import sys
import time
from collections import Counter

import pytest
from filelock import FileLock

from delift_core.errors import ChangedModel, RunBusy
from delift_core.runs.integrity import MissingWork, missing_work
from delift_core.runs.run import Run
from delift_core.runs.store import open_run
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.workflow import tile_work
from delift_core.workflow.score import cost_of, score_missing
from tests.workflow.counting import Counting


def digest_of(run):
    files = sorted(file for file in (run.folder / "kernels").rglob("*") if file.is_file())
    return {
        str(file.relative_to(run.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def test_what_is_stored_is_never_scored_again(new_run, score, monkeypatch):
    run = new_run("pool")
    assert score(run) == 2
    monkeypatch.setattr(tile_work, "score_tile", lambda *given: pytest.fail("scored again"))
    assert score(run) == 0


def test_a_cut_off_attempt_continues_and_ends_in_the_same_bytes(new_run, score, tiny, tmp_path):
    whole, cut = (
        new_run("pool", workspace=tmp_path / "whole"),
        new_run("pool", workspace=tmp_path / "cut"),
    )
    score(whole)
    attempt = score_missing(missing_work(cut, ["pool_pool"]), tiny())
    next(attempt)
    attempt.close()
    kept = digest_of(cut)
    assert score(cut) == 1
    assert digest_of(cut) == digest_of(whole)
    assert kept.items() <= digest_of(cut).items()


def test_progress_counts_every_pair_once(new_run, tiny):
    run, done = new_run("pool", "known"), []
    list(score_missing(missing_work(run, ["pool_pool", "pool_known"]), tiny(), Counting(done)))
    assert sum(done) == 6 * 6 + 6 * 2


def test_stored_tiles_are_read_once_for_cost_and_scoring_together(
    new_run, score, tiny, monkeypatch
):
    run, reads = new_run("pool"), Counter()
    score(run)
    next((run.kernel_folder("pool_pool") / "c").rglob("1")).unlink()
    read_tile = Run.read_tile

    def counted(self, name, tile):
        reads[tile.columns.start] += 1
        return read_tile(self, name, tile)

    monkeypatch.setattr(Run, "read_tile", counted)
    work = missing_work(open_run(run.folder), ["pool_pool"])
    cost_of(work, tiny())
    assert len(list(score_missing(work, tiny()))) == 1
    assert reads == {0: 1}


def test_a_tile_that_another_process_scored_meanwhile_is_not_scored_again(new_run, score, tiny):
    run = new_run("pool")
    work = missing_work(run, ["pool_pool"])
    assert score(run) == 2
    assert list(score_missing(work, tiny())) == []


def test_another_model_than_that_of_the_run_is_refused(new_run, tiny):
    run = new_run("pool")
    with pytest.raises(ChangedModel, match="Put the model back or start a new run"):
        next(score_missing(missing_work(run, ["pool_pool"]), tiny("gpt2")))
    assert not (run.folder / "kernels").exists()


def test_repair_happens_under_the_lock_and_without_it_nothing_changes(
    new_run, score, tiny, damage, files
):
    run = new_run("pool", plan=Plan(PlanKind.NEAREST, 0.5))
    score(run)
    damage(run)
    before = files(run.folder)
    with FileLock(run.folder / "scoring.lock"), pytest.raises(RunBusy):
        next(score_missing(missing_work(open_run(run.folder), ["pool_pool"]), tiny()))
    assert files(run.folder) == before
    work = missing_work(open_run(run.folder), ["pool_pool"])
    assert len(list(score_missing(work, tiny()))) == 1
    assert open_run(run.folder).kernel("pool_pool") is not None
    assert not list(run.folder.rglob("*.partial"))


def test_a_run_that_another_process_is_scoring_is_refused(new_run, score):
    run = new_run("pool")
    with (
        FileLock(run.folder / "scoring.lock"),
        pytest.raises(RunBusy, match="another process is scoring this run"),
    ):
        score(run)
    assert score(run) == 2


def test_the_lock_is_free_again_after_a_failure(new_run, score, monkeypatch):
    run = new_run("pool")
    with monkeypatch.context() as broken:
        broken.setattr(tile_work, "score_tile", lambda *given: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            score(run)
    assert score(run) == 2


SLOW_WORKER = """
import sys, time, torch
from delift_core.runs.run import Run
from delift_core.runs.store import open_run
from delift_core.scoring.plan import Plan, PlanKind
from delift_core.runs.integrity import missing_work
from delift_core.runs.store import open_run
from delift_core.workflow.score import score_missing
from delift_core.scoring.model import load_model
torch.set_num_threads(1)  # as in the tests: the last bits depend on how a sum is split
work = missing_work(open_run(sys.argv[1]), ["pool_pool"])
for _ in score_missing(work, load_model(sys.argv[2], device="cpu")):
    time.sleep(60)
"""


def test_a_killed_worker_leaves_a_run_that_continues(new_run, score, tiny, tmp_path):
    whole, killed = (
        new_run("pool", workspace=tmp_path / "whole"),
        new_run("pool", workspace=tmp_path / "killed"),
    )
    worker = subprocess.Popen([sys.executable, "-c", SLOW_WORKER, str(killed.folder), tiny().name])
    deadline = time.monotonic() + 120
    while len(killed.missing("pool_pool")) > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    worker.kill()
    worker.wait()
    assert score(killed) == 1
    score(whole)
    assert digest_of(killed) == digest_of(whole)


def test_the_cost_is_known_before_the_work_starts(new_run, tiny):
    run = new_run("pool", "known")
    missing = {name: run.missing(name) for name in ("pool_pool", "pool_known")}
    cost = cost_of(MissingWork(run, missing), tiny())
    assert cost.pairs == 6 * 6 + 6 * 2 and cost.disk == 12 * cost.pairs
    assert cost.seconds > 0 and cost.memory > 0
    assert run.missing("pool_pool") == missing["pool_pool"]
