"""Where a command has its tiles scored."""

from delift_core.runs.store import list_runs


def test_two_processes_score_what_one_does(delift, data_folder):
    own = delift("score", "--pool", "pool.jsonl", "--workspace", "one")
    there = delift(
        "score",
        "--pool",
        "pool.jsonl",
        "--workspace",
        "two",
        "--executor",
        "local:2",
        "--threads",
        1,
    )
    assert own.exit_code == there.exit_code == 0, there.stderr
    assert "on one worker's cpu" in there.stdout and "on cpu" in own.stdout
    assert "scored: 64 of 64 pairs" in there.stdout
    (one,), (two,) = (list_runs(data_folder / name) for name in ("one", "two"))
    assert one.read("pool_pool").tobytes() == two.read("pool_pool").tobytes()


def test_an_unknown_executor_is_refused_before_anything_is_read(delift):
    result = delift("score", "--pool", "nowhere.jsonl", "--executor", "dask")
    assert result.exit_code == 2
    assert "executor 'dask' is not known" in result.stderr
