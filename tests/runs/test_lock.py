"""Locks between processes."""

import pytest
from filelock import FileLock, Timeout

from delift_core.errors import RunBusy, UnwritableFile
from delift_core.runs.lock import device_lock, scoring_lock


def test_a_device_is_held_until_the_block_ends(tmp_path):
    lock = FileLock(tmp_path / "locks" / "cpu.lock", timeout=0)
    with device_lock(tmp_path, "cpu", lambda: None), pytest.raises(Timeout):
        lock.acquire()
    with lock:
        assert lock.is_locked


def test_a_device_that_is_taken_is_waited_for_until_the_waiting_gives_up(tmp_path):
    calls = []

    def give_up():
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError

    with (
        device_lock(tmp_path, "cpu", lambda: None),
        pytest.raises(InterruptedError),
        device_lock(tmp_path, "cpu", give_up),
    ):
        pass
    assert len(calls) == 3
    with device_lock(tmp_path, "cpu", give_up):
        assert len(calls) == 3


def test_a_workspace_that_is_a_file_has_no_locks(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UnwritableFile), device_lock(tmp_path / "file", "cpu", lambda: None):
        pass


def test_a_run_that_another_holds_is_busy(tmp_path):
    with scoring_lock(tmp_path), pytest.raises(RunBusy, match="another process is scoring"):
        scoring_lock(tmp_path)
    with scoring_lock(tmp_path):
        pass
