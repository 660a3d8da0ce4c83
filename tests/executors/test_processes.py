"""Processes of this machine do the work, and end when it or their driver ends."""

import subprocess
import sys
import time
from multiprocessing import active_children

import psutil
import pytest

from delift_core.errors import PoisonedTask
from delift_core.executors.processes import LocalProcesses
from delift_core.executors.work import Work
from tests.executors.doing import (
    NUMBERS,
    SQUARES,
    deadly_squares,
    pids,
    sleeping,
    square,
    squares,
)

TWO = LocalProcesses(2, threads=1)


def results(opener, executor=TWO, advance=lambda units: None):
    return executor.results(Work(square, opener), NUMBERS, advance)


def test_every_result_comes_back_and_nothing_is_left_behind():
    units = []
    assert dict(results(squares, advance=units.append)) == SQUARES
    assert sum(units) == 10 and active_children() == []


def test_each_process_does_several_tasks():
    assert 1 <= len({process for _, process in results(pids)}) <= 2


def test_a_task_that_kills_every_process_is_named():
    with pytest.raises(PoisonedTask, match="number 3: 3 tries failed.*ended with exit code -9"):
        list(results(deadly_squares))
    assert active_children() == []


def test_ten_tasks_in_flight_are_stopped_at_once():
    polls = iter(range(3))

    def stop(units):
        if next(polls, None) is None:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(results(sleeping, LocalProcesses(10, threads=1), stop))
    assert active_children() == []


DRIVER = """
from delift_core.executors.processes import LocalProcesses
from delift_core.executors.work import Work
from tests.executors.doing import NUMBERS, sleeping, square
if __name__ == "__main__":
    list(LocalProcesses(2, 1).results(Work(square, sleeping), NUMBERS, lambda units: None))
"""


def test_processes_end_with_a_driver_that_is_killed():
    driver = subprocess.Popen([sys.executable, "-c", DRIVER])
    own, deadline = [], time.monotonic() + 60
    while len(own) < 3 and time.monotonic() < deadline:  # two of them, and what tracks resources
        time.sleep(0.05)
        own = psutil.Process(driver.pid).children()
    driver.kill()
    driver.wait()
    gone, alive = psutil.wait_procs(own, timeout=60)
    assert len(gone) >= 2 and alive == []
