"""`delift run`: reads, scores, chooses and exports with a tiny model."""

import json

from tests.cli.conftest import ROWS, events


def test_a_run_reads_scores_chooses_and_exports(delift, data_folder):
    result = delift("run", "--pool", "pool.jsonl", "--budget", "25%", "--out", "subset.jsonl")
    assert result.exit_code == 0, result.stderr
    chosen = [json.loads(line) for line in (data_folder / "subset.jsonl").read_text().splitlines()]
    assert len(chosen) == 2 and all(row in ROWS for row in chosen)
    assert "8 examples from pool.jsonl (prompt/response, 8 of 8 rows)" in result.stdout
    assert (
        "64 pairs to score" in result.stdout
        and "2 of 8 examples chosen by facility_location" in result.stdout
    )


def test_run_again_scores_nothing_and_writes_the_same_bytes(delift, data_folder):
    first = delift("run", "--pool", "pool.jsonl", "--out", "one.jsonl")
    again = delift("run", "--pool", "pool.jsonl", "--out", "two.jsonl")
    assert "64 pairs to score" in first.stdout and ": 0 pairs to score" in again.stdout
    assert (data_folder / "one.jsonl").read_bytes() == (data_folder / "two.jsonl").read_bytes()


def test_a_draw_is_said_and_kept_in_the_run_for_whoever_exports_it_later(delift, data_folder):
    scored = delift(
        "run", "--pool", "pool.jsonl", "--limit", 6, "--seed", 4, "--budget", "2", "--json"
    )
    read, folder = (
        events(scored)[0],
        next(event["folder"] for event in events(scored) if event["event"] == "run"),
    )
    options = {"usable": 8, "limit": 6, "seed": 4, "near_duplicates": "collapse"}
    assert read["asked"] == options
    assert delift("export", folder, "--out", "later.jsonl", model=False).exit_code == 0
    assert (
        json.loads((data_folder / "later.jsonl.manifest.json").read_text())["data"]["pool"]["asked"]
        == options
    )


def test_json_lines_tell_machines_everything(delift):
    last = {
        event["event"]: event
        for event in events(
            delift("run", "--pool", "pool.jsonl", "--budget", 3, "--out", "s.jsonl", "--json")
        )
    }
    assert {"read", "model", "run", "cost", "progress", "selected", "exported"} <= set(last)
    assert last["cost"]["pairs"] == 64 and last["progress"]["done"] == 64
    assert (
        last["selected"]["chosen"] == 3
        and len(last["selected"]["ids"]) == len(last["selected"]["gains"]) == 3
    )


def test_a_target_changes_the_objective_and_needs_only_its_own_kernel(delift):
    result = delift("run", "--pool", "pool.jsonl", "--target", "target.jsonl", "--budget", "2")
    assert "8 pairs to score" in result.stdout and "chosen by flqmi" in result.stdout
