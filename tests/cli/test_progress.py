"""A command waits for the device of its workspace as a job does, and says so."""

import json
import threading

import pytest
from filelock import FileLock

from delift_core.cli.console import Reporter
from delift_core.cli.main import main


def test_a_command_waits_for_a_device_that_a_job_uses_says_so_once_and_goes_on(
    tiny_folder, tmp_path, capsys, monkeypatch
):
    """It used to score beside the job, both at half speed."""
    pool = tmp_path / "pool.jsonl"
    pool.write_text(
        "\n".join(
            json.dumps({"prompt": f"Add {number} and 1", "response": str(number + 1)})
            for number in range(3)
        )
    )
    (tmp_path / "locks").mkdir()
    lock = FileLock(tmp_path / "locks" / "cpu.lock", thread_local=False)
    lock.acquire()
    say = Reporter.say

    def say_and_release_later(self, event, text, **record):
        say(self, event, text, **record)
        if event == "queued":
            threading.Timer(0.5, lock.release).start()

    monkeypatch.setattr(Reporter, "say", say_and_release_later)
    options = ["--model", str(tiny_folder()), "--device", "cpu", "--workspace", str(tmp_path)]
    with pytest.raises(SystemExit) as end:
        main(["score", "--pool", str(pool), *options], prog_name="delift")
    lines = capsys.readouterr().out.splitlines()
    assert end.value.code == 0
    waiting = [line for line in lines if "waiting for the cpu (another job is using it)" in line]
    assert len(waiting) == 1 and "9 pairs to score" in lines[lines.index(waiting[0]) + 1]
