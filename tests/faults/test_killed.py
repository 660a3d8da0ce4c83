"""A worker killed at any moment: its job is interrupted, and going on ends in the same bytes."""

import json
import os
import random
import signal
import time

import psutil
import pytest

from delift_core.jobs import jobs
from delift_core.jobs.status import State
from delift_core.runs.store import create_run
from tests.faults.conftest import DONE, contents, start_worker
from tests.faults.processes import MOMENTS

KERNELS = ("pool_pool", "pool_known")
TOLD = {
    "alone": "in the pass over examples alone",
    "tile": "in the middle of a tile",
    "writing": "in the middle of a file",
    "between": "between two tiles",
    "any": "at any moment",
}
RUNS = 30


@pytest.fixture(scope="module")
def undisturbed(workers, tiny, many, tmp_path_factory):
    """(run, its bytes, how often each moment comes, seconds of processor time it takes)"""
    place = tmp_path_factory.mktemp("undisturbed")
    with pytest.MonkeyPatch.context() as patch:
        run = create_run(place, many, tiny().record, "chat")
        folder = start_worker(
            workers, patch, run, KERNELS, {"counted": str(place / "moments.json")}
        )
        assert workers.ended() == 0 and jobs.status(folder).state == State.DONE, (
            folder / "log.txt"
        ).read_text()
        return (
            run,
            contents(run.folder),
            json.loads((place / "moments.json").read_text()),
            workers.seconds,
        )


def kill_after(workers, seconds):
    """Kill the worker once it has taken so much processor time, unless it ends before."""
    try:
        while workers.processor_seconds() < seconds:
            time.sleep(0.001)
        os.kill(workers.pid, signal.SIGKILL)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_worker_killed_at_a_random_moment_leaves_a_run_that_ends_in_the_same_bytes(
    seed, undisturbed, workers, new_run, many, run_worker, monkeypatch, tried
):
    _, whole, moments, seconds = undisturbed
    chance, moment = random.Random(seed), [*MOMENTS, "any"][seed % 5]
    run = new_run(*many, data=many)
    if moment == "any":
        folder = start_worker(workers, monkeypatch, run, KERNELS)
        kill_after(workers, chance.uniform(0, 0.7) * seconds)
        code, found = workers.ended(), jobs.status(folder)
    else:
        code, found = run_worker(
            run, *KERNELS, killed=[moment, chance.randint(1, moments[moment]), chance.random()]
        )
    # with other work on the same cores it may have been done by then
    late = moment == "any" and code == 0
    assert late or (
        code == -signal.SIGKILL
        and found.state == State.INTERRUPTED
        and "what is finished is kept. Start again" in found.error
    )
    stored = sum(len(run.tiles(name)) - len(run.missing(name)) for name in KERNELS)
    halves = [file for file in run.folder.rglob("*.partial") if "jobs" not in file.parts]
    assert len(halves) == (moment == "writing") or moment == "any"
    code, found = run_worker(run, *KERNELS)
    assert (code, found.state) == DONE, found.error
    assert contents(run.folder) == whole
    tried(
        f"worker killed {TOLD[moment]}",
        "resumed",
        f"{stored} of 6 tiles stored, {len(halves)} files half written; then the same bytes",
    )


@pytest.mark.parametrize("moment", ["alone", "tile", "writing"])
def test_a_worker_killed_over_held_out_examples_goes_on_to_the_same_bytes(
    moment, new_run, many, run_worker, tmp_path, tried
):
    data, kernel = {"pool": many["pool"], "held_out": many["known"]}, "held_out_pool"
    whole = new_run(*data, data=data, workspace=tmp_path / "whole")
    assert run_worker(whole, kernel)[0] == 0
    run = new_run(*data, data=data, workspace=tmp_path / "killed")
    code, found = run_worker(run, kernel, killed=[moment, 1, 0.5])
    assert code == -signal.SIGKILL and found.state == State.INTERRUPTED
    assert run.missing(kernel)
    code, found = run_worker(run, kernel)
    assert (code, found.state) == DONE, found.error
    assert contents(run.folder) == contents(whole.folder)
    subject = f"worker killed over held-out examples {TOLD[moment]}"
    tried(subject, "resumed", "then the same bytes")
