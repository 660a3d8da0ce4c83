"""Jobs in real processes: whoever dies, the files say what happened and what is finished."""

import hashlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from delift_core.errors import JobBusy, UnwritableFolder
from delift_core.jobs import jobs
from delift_core.jobs.jobs import cancel, result, status
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import State
from tests.jobs.slow_worker import AnyRequest

LONG = {"units": 600, "seconds": 0.1}
SHORT = {"units": 4, "seconds": 0.05}
STARTER = """
import json, sys, time
from delift_core.jobs import jobs
from pathlib import Path
from slow_worker import AnyRequest
jobs.WORKER = "slow_worker"
jobs.start(AnyRequest(Path(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])))
print("started", flush=True)
time.sleep(float(sys.argv[4]))
"""


@pytest.fixture(autouse=True)
def slow_worker(monkeypatch):
    """Jobs are done by the worker that knows the tests' tasks as well."""
    monkeypatch.setattr(jobs, "WORKER", "slow_worker")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")


@pytest.fixture
def job(tmp_path):
    """A job folder whose worker does not outlive the test."""
    yield tmp_path / "job"
    cancel(tmp_path / "job")


def start(folder, task, arguments):
    jobs.start(AnyRequest(folder, task, arguments))


def until(met, folder, patience=60):
    """The first status that meets a condition."""
    end = time.monotonic() + patience
    while not met(found := status(folder)):
        assert time.monotonic() < end, (
            f"waited in vain, {found}: {(folder / 'log.txt').read_text()}"
        )
        time.sleep(0.02)
    return found


def over(folder):
    return until(lambda found: not found.active, folder)


def workers(folder):
    return len(list(folder.glob("worker-*")))


def starter(folder, task, arguments, lives):
    """A process, such as a server, that starts a job and goes on for some seconds."""
    return subprocess.Popen(
        [sys.executable, "-c", STARTER, folder, task, json.dumps(arguments), str(lives)],
        stdout=subprocess.PIPE,
    )


# From start to end


def test_nothing_started_has_neither_status_nor_result(tmp_path):
    assert status(tmp_path) is None and result(tmp_path) is None and cancel(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_a_job_says_how_far_it_is(job):
    start(job, "count", LONG)
    found = until(lambda found: found.done > 0, job)
    assert (found.state, found.task, found.doing, found.total, found.error) == (
        State.RUNNING,
        "count",
        "counting",
        600,
        None,
    )
    assert found.rate > 0 and found.left > 0 and found.elapsed > 0 and result(job) is None


def test_a_job_ends_with_its_result(job):
    start(job, "count", SHORT)
    end = over(job)
    assert (end.state, end.done, end.total, end.rate, end.left, end.error) == (
        State.DONE,
        4,
        4,
        None,
        None,
        None,
    )
    assert result(job) == {"counted": 4}


def test_the_status_is_renewed_while_nothing_is_finished(job):
    start(job, "stuck", {})
    first = until(lambda found: found.doing == "sleeping", job)
    later = until(lambda found: found.updated > first.updated, job)
    assert later.elapsed > first.elapsed and later.done == first.done


def test_a_part_of_the_result_can_be_seen_before_the_end(job):
    start(job, "stuck", {})
    until(lambda found: found.doing == "sleeping", job)
    assert result(job) == {"part": 1}


def test_a_finished_worker_leaves_no_zombie(job):
    start(job, "count", SHORT)
    pid, end = over(job).pid, time.monotonic() + 20
    while psutil.pid_exists(pid) and time.monotonic() < end:
        time.sleep(0.02)
    assert not psutil.pid_exists(pid)


def test_an_ended_job_starts_again_from_the_beginning(job):
    start(job, "count", SHORT)
    over(job)
    start(job, "count", {**SHORT, "units": 5})
    over(job)
    assert result(job) == {"counted": 5} and workers(job) == 2


# What goes wrong is said


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("refusal", r"pool.jsonl: the file is\nempty. Choose another."),
        ("memory", "fail ran out of memory (MemoryError). Give a shorter context"),
        ("accelerator", "fail ran out of memory (RuntimeError: CUDA out of memory"),
        ("allocator", "fail ran out of memory (RuntimeError: DefaultCPU"),
        ("defect", "fail failed: ZeroDivisionError: by zero. The log is "),
    ],
)
def test_a_failure_is_one_sentence_and_its_traceback_is_in_the_log(job, kind, sentence):
    start(job, "fail", {"kind": kind})
    end = over(job)
    assert end.state == State.FAILED and end.error.startswith(sentence) and "\n" not in end.error
    assert "before the failure" in (log := (job / "log.txt").read_text()) and "Traceback" in log


def test_an_unknown_task_is_refused_with_those_there_are(job):
    start(job, "scroe", {})
    error = over(job).error
    assert error.startswith("There is no task 'scroe'. Choose one of read, describe, try, cost, ")
    assert all(task in error for task in ("score", "unprompted", "project", "gradients", "explain"))


def test_a_worker_that_dies_at_once_is_a_failure_with_its_last_words(job, monkeypatch):
    monkeypatch.setattr(jobs, "WORKER", "delift_core.no_such_worker")
    start(job, "count", SHORT)
    end = status(job)
    assert (
        end.state == State.FAILED
        and "count failed before it began:" in end.error
        and "No module named delift_core.no_such_worker" in end.error
    )


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableFolder, match="a job cannot keep its files here"):
        start(tmp_path / "file" / "job", "count", SHORT)


# One worker for one folder


def test_the_same_request_at_once_from_threads_and_processes_has_one_worker(job):
    others = [starter(job, "count", LONG, 0) for _ in range(2)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: start(job, "count", LONG), range(4)))
    assert [other.wait(timeout=60) for other in others] == [0, 0]
    until(lambda found: found.doing == "counting", job)
    assert workers(job) == 1


def test_another_request_in_the_folder_of_a_live_worker_is_refused(job):
    start(job, "count", LONG)
    with pytest.raises(JobBusy, match="busy here with another request"):
        start(job, "count", SHORT)
    assert status(job).active


def test_a_worker_that_finds_its_folder_taken_changes_nothing(job):
    start(job, "count", LONG)
    first = until(lambda found: found.doing == "counting", job)
    assert (
        subprocess.run(
            [sys.executable, "-m", "slow_worker", job], timeout=60, check=False
        ).returncode
        == 0
    )
    assert status(job).pid == first.pid and workers(job) == 1


def test_the_second_job_on_a_device_waits_for_the_first_and_then_finishes(job, tmp_path):
    first = tmp_path / "first"
    start(first, "hold", {"units": 40, "seconds": 0.1, "workspace": str(tmp_path)})
    until(lambda found: found.doing == "counting", first)
    start(job, "hold", {**SHORT, "workspace": str(tmp_path)})
    assert until(lambda found: found.state == State.QUEUED, job).error is None
    assert until(lambda found: found.state == State.DONE, job).done == 4
    assert over(first).state == State.DONE


# Cancelled


def test_a_worker_that_looks_stops_by_itself_and_keeps_what_it_counted(job):
    start(job, "count", LONG)
    until(lambda found: found.done >= 2, job)
    end = cancel(job)
    assert end.state == State.CANCELLED and end.done >= 2 and end.error is None and end.left is None
    assert not (job / "cancel").exists() and status(job) == end


@pytest.mark.parametrize("deaf", [False, True])
def test_a_worker_that_never_looks_is_stopped_by_force(job, deaf):
    start(job, "stuck", {"deaf": deaf})
    pid = until(lambda found: found.doing == "sleeping", job).pid
    assert cancel(job).state == State.CANCELLED
    assert not jobs.is_held(job / "worker.lock") and (
        not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    )


def test_a_queued_job_is_cancelled_and_the_one_it_waited_for_goes_on(job, tmp_path):
    ahead = tmp_path / "ahead"
    start(ahead, "hold", {**LONG, "workspace": str(tmp_path)})
    until(lambda found: found.doing == "counting", ahead)
    start(job, "hold", {**SHORT, "workspace": str(tmp_path)})
    until(
        lambda found: found.state == State.QUEUED and found.doing.startswith("waiting for the cpu"),
        job,
    )
    assert cancel(job).state == State.CANCELLED
    assert workers(job) == 0 and status(ahead).active
    cancel(ahead)


def test_a_cancelled_job_starts_again(job):
    start(job, "count", LONG)
    cancel(job)
    start(job, "count", SHORT)
    assert over(job).state == State.DONE


def test_cancelling_what_has_ended_changes_nothing(job):
    start(job, "count", SHORT)
    end = over(job)
    assert cancel(job) == end and result(job) == {"counted": 4} and not (job / "cancel").exists()


def test_only_the_process_that_holds_the_lock_is_ever_signalled(job):
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        start(job, "stuck", {})
        alive = until(lambda found: found.doing == "sleeping", job)
        for pid in (bystander.pid, os.getpid()):
            jobs.write_status(replace(alive, pid=pid), job)
            jobs.signal_worker(job, "kill")
        assert bystander.poll() is None and jobs.is_held(job / "worker.lock")
    finally:
        bystander.kill()
        bystander.wait()


# Killed from outside


def test_a_killed_worker_is_an_interrupted_job_that_says_how_far_it_came(job):
    start(job, "count", LONG)
    psutil.Process(until(lambda found: found.done >= 1, job).pid).kill()
    end = over(job)
    assert end.state == State.INTERRUPTED
    assert (
        end.error
        == f"The worker was stopped from outside after {end.done} of 600; what is finished is kept."
        " Start again to continue."
    )
    start(job, "count", SHORT)
    assert over(job).state == State.DONE


def test_the_worker_outlives_the_process_that_started_it(job):
    server = starter(job, "count", {"units": 20, "seconds": 0.1}, 60)
    assert server.stdout.readline() == b"started\n"
    server.kill()
    server.wait()
    assert status(job).active
    assert over(job).state == State.DONE and result(job) == {"counted": 20}


def digests(run):
    files = sorted(
        file
        for file in (run.folder / "kernels").rglob("*")
        if file.is_file() and file.suffix != ".partial"
    )
    return {
        str(file.relative_to(run.folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def test_scoring_goes_on_behind_the_last_finished_tile_and_ends_in_the_same_bytes(
    new_run, score, tmp_path
):
    whole, killed = (new_run("pool", workspace=tmp_path / name) for name in ("whole", "killed"))
    folder, request = (
        score_folder(killed.folder),
        {
            "run": str(killed.folder),
            "kernels": ["pool_pool"],
            "workspace": str(tmp_path),
        },
    )
    start(folder, "score slowly", {**request, "device": "cpu"})
    psutil.Process(until(lambda found: len(killed.missing("pool_pool")) == 1, folder).pid).kill()
    assert over(folder).state == State.INTERRUPTED
    finished = {
        file: file.stat().st_mtime_ns
        for file in (killed.folder / "kernels" / "pool_pool.zarr" / "c").glob("*/*/*")
    }
    assert len(finished) == 1
    start(folder, "score slowly", {**request, "device": "cpu"})
    # the 6 x 4 pairs of the finished tile are not counted anew
    assert until(lambda found: found.total, folder).done >= 24
    end = over(folder)
    assert (end.state, end.done, end.total) == (State.DONE, 36, 36), end.error
    assert result(folder) == {"kernels": ["pool_pool"], "pairs": 36, "scored": 12}
    score(whole)
    assert {file: file.stat().st_mtime_ns for file in finished} == finished
    assert digests(killed) == digests(whole)


def test_a_server_that_watches_jobs_imports_nothing_heavy():
    code = (
        "import sys, delift_core.jobs.jobs, delift_core.jobs.worker; print({'torch', 'numpy',"
        " 'transformers', 'zarr', 'pyarrow', 'pandas', 'streamlit'} & set(sys.modules))"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "set()"
    )
