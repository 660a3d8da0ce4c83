"""Tiny runs, workers that are forked from a process with a loaded model, and disks to fill."""

import json
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from delift_core.data.example import Dataset, Example, Turn
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest, score_folder
from delift_core.jobs.status import State, read_status
from tests.pages.conftest import demo, visit, workspace  # noqa: F401  (fixtures)

ROOT = Path(__file__).parents[2]
PATIENCE = 120  # seconds


class WorkerFactory:
    """Forks workers from a process that has torch and the model loaded, one at a time."""

    def __init__(self, model):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.processes", str(model)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.fault, self.code = {}, None

    def launch(self, folder, task):
        """In place of `jobs.launch`: returns when the worker has written its pid, or ended."""
        self.process.stdin.write(json.dumps({"folders": [str(folder)], "fault": self.fault}) + "\n")
        self.process.stdin.flush()
        self.pid, self.code = int(self.process.stdout.readline()), None
        end = time.monotonic() + PATIENCE
        while read_status(folder).pid is None and time.monotonic() < end and self.alive:
            time.sleep(0.005)

    def race(self, folders):
        """The exit codes of workers that begin at once."""
        self.process.stdin.write(
            json.dumps({"folders": [str(folder) for folder in folders], "fault": {}}) + "\n"
        )
        self.process.stdin.flush()
        self.pid = int(self.process.stdout.readline())
        return [int(self.process.stdout.readline().split()[0]) for _ in folders]

    @property
    def alive(self):
        return Path(f"/proc/{self.pid}").exists()

    def ended(self):
        """The exit code of the last worker once it has ended, or minus the signal that ended it."""
        if self.code is None:
            code, seconds = self.process.stdout.readline().split()
            self.code, self.seconds = int(code), float(seconds)
        return self.code

    def processor_seconds(self):
        """Seconds of processor time that the living worker has taken."""
        return sum(psutil.Process(self.pid).cpu_times()[:2])


@pytest.fixture(scope="session")
def workers(tiny):
    workers = WorkerFactory(tiny().name)
    yield workers
    workers.process.stdin.close()
    workers.process.wait(timeout=PATIENCE)


@pytest.fixture
def run_worker(workers, monkeypatch):
    """run_worker(run, *kernels, **fault) -> (exit code, status)

    The worker is started on the run's score job and has ended.
    """

    def work(run, *kernels, **fault):
        folder = start_worker(workers, monkeypatch, run, kernels, fault)
        return workers.ended(), jobs.status(folder)

    return work


def start_worker(workers, monkeypatch, run, kernels=(), fault=None):
    """Start a worker on the run's score job; its folder."""
    workers.fault = fault or {}
    monkeypatch.setattr(jobs, "launch", workers.launch)
    folder = score_folder(run.folder)
    place = str(run.folder.parents[1])
    jobs.start(ScoreRequest(str(run.folder), kernels or ("pool_pool",), place, "cpu"))
    return folder


@pytest.fixture(scope="session")
def many():
    """Enough examples for several tiles, and a few that are known."""

    def dataset(name, count):
        texts = [f"Add {number} and {number}" for number in range(count)]
        return Dataset(
            tuple(
                Example(
                    f"{name}-{number}",
                    text,
                    str(2 * number),
                    (Turn("user", text),),
                    {"prompt": text},
                    number + 1,
                )
                for number, text in enumerate(texts)
            ),
            source=f"{name}.jsonl",
            format="made",
        )

    return {"pool": dataset("pool", 18), "known": dataset("known", 3)}


class Disk:
    """A small disk of its own."""

    def __init__(self, folder):
        self.folder, self.filler = folder, folder / "filler"

    def fill(self):
        """Take all the room there is."""
        fill(self.filler)

    def free(self):
        self.filler.unlink()

    def close(self):
        """Let nothing be written any more."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)


def fill(filler):
    """Write a file until its disk is full."""
    with filler.open("wb", buffering=0) as stream:
        for size in (2**16, 2**10, 1):
            try:
                while stream.write(bytes(size)) == size:
                    pass
            except OSError:
                continue


@pytest.fixture
def disk(tmp_path_factory):
    """A disk of eight megabytes, where this process may mount one."""
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"no small disk can be mounted here: {mounted.stderr.strip()}")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def contents(folder):
    """Every byte of a run folder but logs, statuses and locks."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(Path(folder).rglob("*"))
        if file.is_file()
        and "jobs" not in file.relative_to(folder).parts
        and file.suffix != ".lock"
    }


DONE = (0, State.DONE)
