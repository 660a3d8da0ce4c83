"""Scoring after a plan: its share of the pairs, and what it gives up."""

import json

import pytest

from tests.cli.conftest import ROWS, events, write_rows


def test_a_plan_that_asks_for_a_single_pair_comes_to_an_end(delift):
    result = delift(
        "run", "--pool", "pool.jsonl", "--limit", "1", "--plan", "nearest", "--budget", "1"
    )
    assert result.exit_code == 0 and "1 of 1 examples chosen" in result.stdout, result.stderr


@pytest.mark.parametrize(
    "arguments, kind",
    [
        (["--plan", "nearest", "--pairs", "50%"], "nearest"),
        (["--pairs", "0.5"], "nearest"),
        (["--plan", "sampled", "--pairs", "50%"], "sampled"),
    ],
)
def test_a_plan_scores_its_share_of_the_pairs_and_says_what_it_gives_up(
    delift, data_folder, arguments, kind
):
    result = delift("run", "--pool", "pool.jsonl", "--budget", 3, "--out", "s.jsonl", *arguments)
    assert result.exit_code == 0, result.stderr
    assert "32 pairs to score" in result.stdout and "50 % of all" in result.stdout
    manifest = json.loads((data_folder / "s.jsonl.manifest.json").read_text())
    assert manifest["plan"] == {"kind": kind, "share": 0.5, "seed": 0, "minutes": None}
    again = delift("run", "--pool", "pool.jsonl", "--budget", 3, *arguments)
    assert ": 0 pairs to score" in again.stdout
    assert ": 64 pairs to score" in delift("run", "--pool", "pool.jsonl", "--budget", 3).stdout


def test_a_number_of_pairs_an_example_is_scored_and_recorded(delift):
    listed = delift("score", "--pool", "pool.jsonl", "--pairs", 3)
    assert listed.exit_code == 0, listed.stderr
    assert "24 pairs to score" in listed.stdout and "Nearest pairs, 3 an example." in listed.stdout
    again = {
        event["event"]: event
        for event in events(delift("score", "--pool", "pool.jsonl", "--pairs", 3, "--json"))
    }
    assert again["run"]["pairs"] == 0
    assert (again["plan"]["share"], again["plan"]["number"]) == (None, 3)
    assert "(nearest, 3 an example)" in delift("runs", model=False).stdout


def test_a_single_example_has_no_pair_to_score_by_number(delift):
    result = delift("score", "--pool", "pool.jsonl", "--limit", "1", "--pairs", "64")
    assert result.exit_code == 0 and "0 pairs to score" in result.stdout, result.stderr


def test_a_choice_from_sampled_rows_has_an_error_bar_one_from_nearest_pairs_says_what_is_inferred(
    delift,
):
    sampled = events(
        delift(
            "run",
            "--pool",
            "pool.jsonl",
            "--budget",
            2,
            "--plan",
            "sampled",
            "--pairs",
            "50%",
            "--json",
        )
    )[-1]
    assert (
        sampled["event"] == "selected"
        and 0 <= sampled["estimate"]["share"] <= 1
        and sampled["estimate"]["error"] > 0
    )
    nearest = delift(
        "run", "--pool", "pool.jsonl", "--budget", 2, "--plan", "nearest", "--pairs", "50%"
    ).stdout
    assert "where pairs that were not scored count as inferred" in nearest
    assert "inferred" not in delift("run", "--pool", "pool.jsonl", "--budget", 2).stdout


def test_minutes_choose_every_pair_where_there_is_time_and_less_where_there_is_not(
    delift, monkeypatch
):
    last = {
        event["event"]: event
        for event in events(delift("run", "--pool", "pool.jsonl", "--minutes", 60, "--json"))
    }
    assert last["plan"]["kind"] == "all" and last["run"]["pairs"] == 64
    monkeypatch.setattr("delift_core.workflow.plan.measure_throughput", lambda *_: 10.0)
    slow = delift("run", "--pool", "pool.jsonl", "--limit", 7, "--minutes", 0.01)
    assert slow.exit_code == 2 and "0.01 minutes are too few" in slow.stderr


def test_a_diagonal_that_the_plan_of_the_minutes_leaves_out_is_refused_before_anything_is_scored(
    delift, data_folder, monkeypatch
):
    monkeypatch.setattr("delift_core.workflow.plan.measure_throughput", lambda *_: 100.0)
    arguments = ("run", "--pool", "pool.jsonl", "--minutes", 0.15, "--budget", 2)
    refused = delift(*arguments, "--diagonal", "kept")
    assert (
        refused.exit_code == 2
        and "diagonal 'kept' needs examples scored behind themselves" in refused.stderr
    )
    assert not (data_folder / "workspace" / "runs").exists()
    assert "plan: nearest" in delift(*arguments, "--diagonal", "masked").stdout.lower()


def test_what_did_not_fit_the_context_is_said_and_recorded(delift, data_folder):
    rows = [{"prompt": "word " * 60, "response": "yes"}, *ROWS[:2]]
    write_rows(data_folder / "pool.jsonl", rows)
    arguments = ("run", "--pool", "pool.jsonl", "--budget", 1, "--out", "s.jsonl")
    result = delift(*arguments)
    assert result.exit_code == 0, result.stderr
    assert "Truncated to the 160 tokens of the model's context: " in result.stdout
    [event] = [
        event for event in events(delift(*arguments, "--json")) if event["event"] == "truncated"
    ]
    [counts] = event["kernels"]
    assert (counts["examples"], counts["examples_scored"], counts["pairs_scored"]) == (1, 3, 9)
    manifest = json.loads((data_folder / "s.jsonl.manifest.json").read_text())
    assert manifest["truncated"].pop("pool_pool") == {
        key: value for key, value in counts.items() if key != "kernel"
    }


def test_nothing_is_said_of_the_context_where_everything_fitted(delift):
    assert "Truncated" not in delift("run", "--pool", "pool.jsonl", "--budget", 1).stdout
