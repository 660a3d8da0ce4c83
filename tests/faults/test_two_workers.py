"""Two workers on one run: one works, the other waits or is refused; the bytes are the same."""

import json
import time

import pytest

from delift_core.cli.main import main
from delift_core.errors import JobBusy, RunBusy
from delift_core.jobs import jobs
from delift_core.jobs.requests import ScoreRequest
from delift_core.jobs.status import State
from delift_core.runs.integrity import missing_work
from delift_core.workflow.score import score_missing
from tests.faults.conftest import contents, start_worker


@pytest.fixture
def whole(new_run, many, score, tmp_path):
    run = new_run(*many, workspace=tmp_path / "whole", data=many)
    score(run)
    return contents(run.folder)


@pytest.mark.parametrize("device", ["the same workspace", "another workspace"])
def test_two_jobs_that_race_for_one_run_end_in_the_same_bytes(
    device, workers, new_run, many, whole, tmp_path, tried
):
    run = new_run(*many, data=many)
    folders = [run.folder / "jobs" / name for name in ("score", "rival")]
    for folder, workspace in zip(
        folders,
        (tmp_path, tmp_path if device == "the same workspace" else tmp_path / "other"),
        strict=True,
    ):
        folder.mkdir(parents=True)
        arguments = {
            "run": str(run.folder),
            "device": "cpu",
            "kernels": ["pool_pool"],
            "workspace": str(workspace),
        }
        (folder / "spec.json").write_text(
            json.dumps({"task": "score", "arguments": arguments, "cwd": str(tmp_path)})
        )
    codes, ends = workers.race(folders), [jobs.status(folder) for folder in folders]
    refused = [end.error for end in ends if end.state == State.FAILED]
    assert State.DONE in [end.state for end in ends] and len(refused) == codes.count(1) <= 1
    assert all(
        "another process is scoring this run. Wait for it, or stop it and try again." in sentence
        for sentence in refused
    )
    # who shares the workspace queues for the device
    assert not refused or device == "another workspace"
    assert contents(run.folder) == whole
    tried(
        f"two jobs race, of {device}",
        "as it must",
        " and ".join(sorted(end.state for end in ends)) + "; the same bytes",
    )


def test_a_job_at_work_refuses_the_library_and_the_command_line_and_is_not_disturbed(
    workers, new_run, many, whole, tiny, tmp_path, monkeypatch, capsys, tried
):
    run, gate, pool = new_run("pool", data=many), tmp_path / "gate", tmp_path / "pool.jsonl"
    folder = start_worker(
        workers, monkeypatch, run, ("pool_pool",), {"held": ["between", 2], "until": str(gate)}
    )
    end = time.monotonic() + 120
    while len(run.missing("pool_pool")) > 3 and time.monotonic() < end:
        time.sleep(0.01)
    with pytest.raises(
        RunBusy, match="another process is scoring this run. Wait for it, or stop it and try again"
    ) as refusal:
        list(score_missing(missing_work(run, ["pool_pool"]), tiny()))
    with pytest.raises(JobBusy, match="a worker is busy here with another request"):
        jobs.start(ScoreRequest(str(run.folder), ["pool_known"], str(tmp_path)))
    pool.write_text(
        "\n".join(
            json.dumps(example.extra | {"response": example.response, "id": example.id})
            for example in many["pool"]
        )
    )
    (tmp_path / "locked").mkdir()
    # the very run: what the file holds has other ids
    monkeypatch.setattr("delift_core.runs.store.create_run", lambda *given: run)
    with pytest.raises(SystemExit) as left:
        main(
            [
                "score",
                "--pool",
                str(pool),
                "--model",
                str(tiny().name),
                "--device",
                "cpu",
                "--workspace",
                str(tmp_path / "another"),  # of the same one it would wait for the device
            ],
            prog_name="delift",
        )
    assert left.value.code == 2 and capsys.readouterr().err.strip().endswith(
        "another process is scoring this run. Wait for it, or stop it and try again."
    )
    gate.touch()
    assert workers.ended() == 0 and jobs.status(folder).state == State.DONE
    assert {
        name: content
        for name, content in contents(run.folder).items()
        if "known" not in name and name != "run.json"
    } == {
        name: content
        for name, content in whole.items()
        if "known" not in name and name != "run.json"
    }
    tried(
        "a job, the library and a command on one run",
        "refused",
        str(refusal.value).removeprefix(f"{run.folder}: "),
    )
