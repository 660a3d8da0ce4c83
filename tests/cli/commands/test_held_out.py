"""`--held-out` and `--hold-out`: examples kept apart from the pool, told, scored, never chosen."""

import json
import shutil
from pathlib import Path

import pytest

from delift_core.runs.store import open_run
from tests.cli.conftest import ROWS, events, write_rows

OTHERS = [
    {"id": "h1", "prompt": "Add 7 and 1", "response": "8"},
    {"id": "h2", "prompt": "Name a colour!", "response": "blue"},
    {"id": "h3", "prompt": "Name a day", "response": "monday"},
]


@pytest.fixture
def held(data_folder):
    write_rows(data_folder / "held.jsonl", OTHERS)
    return "held.jsonl"


def said(result, event):
    return [line for line in events(result) if line["event"] == event]


def test_a_file_is_read_kept_apart_from_the_pool_and_scored(delift, held):
    result = delift("run", "--pool", "pool.jsonl", "--held-out", held, "--budget", 2)
    assert result.exit_code == 0, result.stderr
    assert (
        "held-out: 2 examples from held.jsonl (prompt/response, 3 of 3 rows); 1 repeated in the"
        " pool, first: row 2: id h2: nearly the same prompt and response as row 2 (id r1) of the"
        " pool; it is not held out."
    ) in result.stdout
    assert ": 80 pairs to score" in result.stdout  # 8 x 8 and 2 x 8
    assert "pool 8, held-out 2" in delift("runs", model=False).stdout


def test_the_target_itself_as_held_out_examples_is_refused_and_a_part_of_it_dropped(delift, held):
    command = ("score", "--pool", "pool.jsonl", "--target", "target.jsonl", "--held-out")
    refused = delift(*command, "target.jsonl")
    assert refused.exit_code == 2
    assert "repeats one of the pool or of the target (row 1" in refused.stderr
    write_rows(Path(held), [OTHERS[0], {"prompt": "add 5 and 5", "response": "10"}])
    told = said(delift(*command, held, "--json"), "read")
    (read,) = (line for line in told if line["role"] == "held_out")
    assert read["examples"] == 1 and read["problems"][-1]["kind"] == "repeated in the target"


def test_a_share_of_the_pool_is_set_aside_before_it_is_scored(delift):
    share = ("--hold-out", "25%", "--hold-out-by", "source", "--seed", 3)
    result = delift("run", "--pool", "pool.jsonl", *share, "--budget", 2)
    for role, count in (("pool", 6), ("held-out", 2)):
        assert (
            f"{role}: {count} examples from pool.jsonl (prompt/response, 8 of 8 rows; 2 of 8 set"
            " aside as held-out (25%, by source, seed 3))"
        ) in result.stdout
    assert ": 48 pairs to score" in result.stdout  # 6 x 6 and 2 x 6
    assert "2 of 6 examples chosen" in result.stdout


def test_score_makes_their_kernel_too_and_again_scores_nothing(delift, held):
    first = delift("score", "--pool", "pool.jsonl", "--held-out", held, "--json")
    (run,) = said(first, "run")
    assert run["pairs"] == 80 and open_run(run["folder"]).kernel("held_out_pool").values.size == 16
    again = delift("score", "--pool", "pool.jsonl", "--held-out", held)
    assert ": 0 pairs to score" in again.stdout


def test_they_change_neither_the_run_nor_what_is_chosen(delift, held, data_folder):
    plain = delift("run", "--pool", "pool.jsonl", "--budget", 3, "--json")
    with_them = delift("run", "--pool", "pool.jsonl", "--held-out", held, "--budget", 3, "--json")
    (before,), (after,) = said(plain, "selected"), said(with_them, "selected")
    assert before == after
    (run,) = said(with_them, "run")
    assert run["folder"] == said(plain, "run")[0]["folder"] and run["pairs"] == 16
    chosen = delift("select", run["folder"], "--budget", 3, "--json", model=False)
    assert said(chosen, "selected")[0]["ids"] == before["ids"]


def test_scoring_cut_off_is_gone_on_with_by_the_same_command(delift, held):
    command = ("score", "--pool", "pool.jsonl", "--held-out", held, "--json")
    run = open_run(said(delift(*command), "run")[0]["folder"])
    tile = run.kernel_folder("held_out_pool") / "c/0/0/1"
    whole = tile.read_bytes()
    tile.unlink()
    assert said(delift(*command), "run")[0]["pairs"] == 8 and tile.read_bytes() == whole
    shutil.rmtree(run.role_folder("held_out"))
    assert said(delift(*command), "run")[0]["pairs"] == 16 and tile.read_bytes() == whole


def test_the_manifest_tells_where_they_come_from_and_what_was_dropped(delift, held, data_folder):
    delift("run", "--pool", "pool.jsonl", "--held-out", held, "--budget", 2, "--out", "a.jsonl")
    manifest = json.loads((data_folder / "a.jsonl.manifest.json").read_text())
    told = manifest["data"]["held_out"]
    assert (told["source"], told["examples"]) == ("held.jsonl", 2)
    assert told["problem_kinds"] == {"repeated in the pool": 1}
    assert "--held-out held.jsonl" in manifest["command"]


def test_the_manifest_of_a_later_export_tells_what_was_set_aside(delift, data_folder):
    scored = delift("run", "--pool", "pool.jsonl", "--hold-out", 2, "--budget", 2, "--json")
    folder = said(scored, "run")[0]["folder"]
    assert delift("export", folder, "--out", "later.jsonl", model=False).exit_code == 0
    data = json.loads((data_folder / "later.jsonl.manifest.json").read_text())["data"]
    aside = {"amount": "2", "group_by": None, "seed": 0, "count": 2, "of": 8}
    assert data["pool"]["asked"]["hold_out"] == data["held_out"]["asked"]["hold_out"] == aside
    assert (data["pool"]["examples"], data["held_out"]["examples"]) == (6, 2)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--hold-out", "0"), "leaves 8 of the 8 pool examples to choose from and 0 held out"),
        (("--hold-out", "100%"), "'100%' is no share of the pool between nothing and all of it"),
        (("--hold-out", "8"), "leaves 0 of the 8 pool examples"),
        (("--hold-out", ""), "'' is no share of the pool"),
        (("--hold-out", "20%", "--held-out", "held.jsonl"), "give one of the two"),
        (("--hold-out-by", "source"), "give --hold-out 20% as well"),
        (("--hold-out", "2", "--hold-out-by", "topic"), "no field 'topic' to group by"),
        (("--held-out", "pool.jsonl"), "every held-out example repeats one of the pool"),
        (("--held-out", "nowhere.jsonl"), "nowhere.jsonl: there is no such file or folder"),
        (
            ("--held-out", "held.jsonl", "--held-out-columns", "prompt=a,response=b"),
            "held.jsonl: there is no column 'a'",
        ),
        (("--held-out", "odd.jsonl"), "odd.jsonl: no known layout explains the rows"),
    ],
)
@pytest.mark.parametrize("command", ["run", "score"])
def test_what_cannot_be_held_out_is_refused_in_one_line(
    delift, held, data_folder, command, options, sentence
):
    write_rows(data_folder / "odd.jsonl", [{"foo": f"a{row}", "bar": "b"} for row in range(3)])
    result = delift(command, "--pool", "pool.jsonl", *options)
    assert result.exit_code == 2 and sentence in result.stderr
    assert not (data_folder / "workspace" / "runs").exists()


def test_damaged_held_out_examples_are_told_by_file_and_mended_by_comparing_with_them(delift, held):
    scored = delift("run", "--pool", "pool.jsonl", "--held-out", held, "--json")
    folder = said(scored, "run")[0]["folder"]
    file = open_run(folder).role_folder("held_out") / "examples.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    refused = delift("select", folder, model=False)
    assert refused.exit_code == 2 and "examples.parquet: it cannot be read" in refused.stderr
    options = ("--methods", "longest", "--held-out", held)
    compared = delift("compare", folder, *options, model=False)
    assert compared.exit_code == 0, compared.stderr
    assert file.read_bytes() == whole and "Coverage of the held-out examples" in compared.stdout


def test_rows_of_the_pool_are_all_there_in_one_part_or_the_other(delift):
    result = delift("score", "--pool", "pool.jsonl", "--hold-out", "50%", "--json")
    run = open_run(said(result, "run")[0]["folder"])
    parts = [{example.id for example in run.datasets[role]} for role in ("pool", "held_out")]
    assert parts[0] | parts[1] == {row["id"] for row in ROWS} and not parts[0] & parts[1]
