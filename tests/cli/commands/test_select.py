"""`delift select`: chooses anew in a scored run."""

import json

from tests.cli.conftest import events


def test_score_then_select_then_export(delift, data_folder):
    scored = events(delift("score", "--pool", "pool.jsonl", "--target", "target.jsonl", "--json"))
    folder = next(event["folder"] for event in scored if event["event"] == "run")
    listed = events(delift("runs", "--json", model=False))
    assert listed[0]["folder"] == folder and listed[0]["kernels"] == [
        "pool_pool",
        "target_pool",
        "pool_target",
    ]
    assert (
        delift("select", folder, "--objective", "flvmi", "--budget", "3", model=False).exit_code
        == 0
    )
    chosen = events(
        delift(
            "select",
            folder,
            "--budget",
            "4",
            "--group-by",
            "source",
            "--quota",
            "sums=1",
            "--json",
            model=False,
        )
    )[0]
    assert sum(int(id[1:]) % 2 for id in chosen["ids"]) == 1
    exported = delift("export", folder, "--out", "ids.txt", model=False)
    assert (
        exported.exit_code == 0 and (data_folder / "ids.txt").read_text().split() == chosen["ids"]
    )
    assert (
        chosen["selection"]
        in json.loads((data_folder / "ids.txt.manifest.json").read_text())["command"]
    )


def test_a_selection_says_from_where_on_it_is_arbitrary(delift):
    folder = next(
        event["folder"]
        for event in events(delift("score", "--pool", "pool.jsonl", "--json"))
        if event["event"] == "run"
    )
    result = delift("select", folder, "--budget", "100%", model=False)
    assert "From rank" in result.stdout and "in the order of the pool" in result.stdout
