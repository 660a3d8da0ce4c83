"""The command line: what it does with a tiny model, and that every mistake ends in one line and
exit code 2.
"""

import json
import shlex
import subprocess
import sys

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main

ROWS = [
    {
        "id": f"r{row}",
        "source": "sums" if row % 2 else "colours",
        "prompt": prompt,
        "response": response,
    }
    for row, (prompt, response) in enumerate(
        [
            ("Add 2 and 3", "5"),
            ("Name a colour", "blue"),
            ("Add 4 and 4", "8"),
            ("What is the sky?", "The sky is blue"),
            ("Add 1 and 1", "2"),
            ("Name another colour", "green is one"),
            ("Say hello", "hello there"),
            ("Say goodbye", "goodbye now"),
        ]
    )
]


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with a pool, a target and a workspace of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DELIFT_WORKSPACE", "workspace")
    write_rows(tmp_path / "pool.jsonl", ROWS)
    write_rows(tmp_path / "target.jsonl", [{"prompt": "Add 5 and 5", "response": "10"}])
    return tmp_path


def write_rows(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def delift(here, tiny):
    """delift(*words) -> result of the command with the tiny model"""

    def call(*words, model=True):
        return CliRunner().invoke(
            main,
            [*map(str, words), *(["--model", tiny().name] if model else [])],
            catch_exceptions=False,
        )

    return call


def events(result):
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_run_reads_scores_chooses_and_exports(delift, here):
    result = delift("run", "--pool", "pool.jsonl", "--budget", "25%", "--out", "subset.jsonl")
    assert result.exit_code == 0, result.stderr
    chosen = [json.loads(line) for line in (here / "subset.jsonl").read_text().splitlines()]
    assert len(chosen) == 2 and all(row in ROWS for row in chosen)
    assert "8 examples from pool.jsonl (prompt/response, 8 of 8 rows)" in result.stdout
    assert (
        "64 pairs to score" in result.stdout
        and "2 of 8 examples chosen by facility_location" in result.stdout
    )


def test_run_again_scores_nothing_and_writes_the_same_bytes(delift, here):
    first = delift("run", "--pool", "pool.jsonl", "--out", "one.jsonl")
    again = delift("run", "--pool", "pool.jsonl", "--out", "two.jsonl")
    assert "64 pairs to score" in first.stdout and ": 0 pairs to score" in again.stdout
    assert (here / "one.jsonl").read_bytes() == (here / "two.jsonl").read_bytes()


def test_the_manifests_command_makes_the_same_file_again(delift, here):
    first = delift(
        "run",
        "--pool",
        "pool.jsonl",
        "--target",
        "target.jsonl",
        "--limit",
        6,
        "--budget",
        "2",
        "--group-by",
        "source",
        "--quota",
        "sums=1",
        "--quota",
        "colours=1",
        "--out",
        "a b.csv",
        "--with-rank",
    )
    assert first.exit_code == 0, first.stderr
    manifest, bytes_before = (
        (here / "a b.csv.manifest.json").read_bytes(),
        (here / "a b.csv").read_bytes(),
    )
    (here / "a b.csv").unlink()
    command = json.loads(manifest)["command"]
    subprocess.run(
        f"{sys.executable} -m delift_core.cli {command.removeprefix('delift ')}",
        shell=True,
        check=True,
        cwd=here,
    )
    assert (here / "a b.csv").read_bytes() == bytes_before and (
        here / "a b.csv.manifest.json"
    ).read_bytes() == manifest


def test_a_draw_is_said_and_kept_in_the_run_for_whoever_exports_it_later(delift, here):
    scored = delift(
        "run", "--pool", "pool.jsonl", "--limit", 6, "--seed", 4, "--budget", "2", "--json"
    )
    read, folder = (
        events(scored)[0],
        next(event["folder"] for event in events(scored) if event["event"] == "run"),
    )
    told = {"usable": 8, "limit": 6, "seed": 4, "near_duplicates": "collapse"}
    assert read["asked"] == told
    assert delift("export", folder, "--out", "later.jsonl", model=False).exit_code == 0
    assert (
        json.loads((here / "later.jsonl.manifest.json").read_text())["data"]["pool"]["asked"]
        == told
    )


def test_of_a_draw_the_sentence_says_from_what_and_that_notes_are_of_the_whole_source():
    from delift_core.cli.reading import summary
    from delift_core.data.readers import read_dataset

    marked = [{**row, "response": row["response"] + "<|im_end|>"} for row in ROWS]
    assert summary(read_dataset(marked, limit=3)).startswith(
        "3 examples from rows (prompt/response, 8 of 8 rows; a draw of 3 of 8 with seed 0); of all"
        " its rows 8 read differently, first: row 1: "
    )
    assert (
        summary(read_dataset(ROWS, limit=8))
        == "8 examples from rows (prompt/response, 8 of 8 rows)"
    )


def test_json_lines_tell_machines_everything(delift):
    found = {
        event["event"]: event
        for event in events(
            delift("run", "--pool", "pool.jsonl", "--budget", 3, "--out", "s.jsonl", "--json")
        )
    }
    assert {"read", "model", "run", "cost", "progress", "selected", "exported"} <= set(found)
    assert found["cost"]["pairs"] == 64 and found["progress"]["done"] == 64
    assert (
        found["selected"]["chosen"] == 3
        and len(found["selected"]["ids"]) == len(found["selected"]["gains"]) == 3
    )


def test_a_target_changes_the_objective_and_needs_only_its_own_kernel(delift):
    result = delift("run", "--pool", "pool.jsonl", "--target", "target.jsonl", "--budget", "2")
    assert "8 pairs to score" in result.stdout and "chosen by flqmi" in result.stdout


def test_score_then_select_then_export(delift, here):
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
    assert exported.exit_code == 0 and (here / "ids.txt").read_text().split() == chosen["ids"]
    assert (
        chosen["selection"] in json.loads((here / "ids.txt.manifest.json").read_text())["command"]
    )


def test_no_role_of_a_run_is_ever_replaced_by_a_subset(delift, here):
    before = (here / "target.jsonl").read_bytes()
    scored = events(
        delift("run", "--pool", "pool.jsonl", "--target", "target.jsonl", "--budget", "2", "--json")
    )
    folder = next(event["folder"] for event in scored if event["event"] == "run")
    refused = delift("export", folder, "--out", "target.jsonl", model=False)
    assert refused.exit_code == 2 and "target.jsonl: the data was read from here" in refused.stderr
    assert (here / "target.jsonl").read_bytes() == before


def test_a_plan_that_asks_for_a_single_pair_comes_to_an_end(delift):
    result = delift(
        "run", "--pool", "pool.jsonl", "--limit", "1", "--plan", "nearest", "--budget", "1"
    )
    assert result.exit_code == 0 and "1 of 1 examples chosen" in result.stdout, result.stderr


def test_a_selection_says_from_where_on_it_is_arbitrary(delift):
    folder = next(
        event["folder"]
        for event in events(delift("score", "--pool", "pool.jsonl", "--json"))
        if event["event"] == "run"
    )
    result = delift("select", folder, "--budget", "100%", model=False)
    assert "From rank" in result.stdout and "in the order of the pool" in result.stdout


def test_runs_of_an_empty_workspace_say_how_to_make_one(delift):
    assert "No runs in workspace. Make one with: delift run" in delift("runs", model=False).stdout


def test_doctor_checks_everything_it_names(delift):
    result = delift("doctor", "--json", model=False)
    checked = {event["name"]: event["ok"] for event in events(result)}
    assert {"python", "torch", "memory", "device", "bundled model", "workspace"} <= set(checked)
    assert result.exit_code == (0 if all(checked.values()) else 2)


MISTAKES = {
    "no command": ((), "Missing command"),
    "an unknown command": (("choose",), "No such command 'choose'"),
    "an unknown option": (("run", "--pool", "pool.jsonl", "--size", "3"), "No such option"),
    "no pool": (("run",), "Missing option '--pool'"),
    "a file that is not there": (("run", "--pool", "nothing.jsonl"), "nothing.jsonl"),
    "an unreadable file": (("run", "--pool", "broken.jsonl"), "broken.jsonl"),
    "rows without a response": (("run", "--pool", "mute.jsonl"), "none of its rows can be used"),
    "a layout nobody knows": (("run", "--pool", "odd.jsonl"), "columns"),
    "a column that is not there": (
        ("run", "--pool", "pool.jsonl", "--columns", "prompt=question,response=response"),
        "question",
    ),
    "a mapping that is none": (
        ("run", "--pool", "pool.jsonl", "--columns", "question"),
        "Write prompt=COLUMN,response=COLUMN",
    ),
    "a budget that is none": (
        ("run", "--pool", "pool.jsonl", "--budget", "many"),
        "The budget 'many' cannot be read",
    ),
    "a budget larger than the pool": (("run", "--pool", "pool.jsonl", "--budget", "9"), "8"),
    "an objective without its role": (
        ("run", "--pool", "pool.jsonl", "--objective", "flcg"),
        "needs a known set. Give one with --known",
    ),
    "a pin that is not there": (
        ("run", "--pool", "pool.jsonl", "--pin", "r99"),
        "No example of the pool has the id 'r99'",
    ),
    "a group field that is not there": (
        ("run", "--pool", "pool.jsonl", "--group-by", "topic", "--quota", "a=1"),
        "no field 'topic'",
    ),
    "a quota that is none": (("run", "--pool", "pool.jsonl", "--quota", "a"), "Write GROUP=N"),
    "a quota of another script": (
        ("run", "--pool", "pool.jsonl", "--quota", "a=\u00b2"),
        "Write GROUP=N",
    ),
    "a quota without end": (
        ("run", "--pool", "pool.jsonl", "--quota", f"a={'9' * 5000}"),
        "Write GROUP=N",
    ),
    "a share of next to nothing": (
        ("run", "--pool", "pool.jsonl", "--pairs", "1e-310"),
        "A share of 1e-310 of the pairs is not one",
    ),
    "a kind of file nobody writes": (
        ("run", "--pool", "pool.jsonl", "--out", "subset.xlsx"),
        ".xlsx",
    ),
    "a negative weight": (
        ("run", "--pool", "pool.jsonl", "--target", "target.jsonl", "--eta", "-1"),
        "eta is -1",
    ),
    "a limit of nothing": (
        ("run", "--pool", "pool.jsonl", "--limit", "0"),
        "0 is not in the range",
    ),
    "a folder that is no run": (("select", "."), "not a run folder"),
}


@pytest.mark.parametrize("words, told", MISTAKES.values(), ids=MISTAKES)
def test_every_mistake_ends_in_one_clear_line_and_exit_code_2(words, told, delift, here):
    (here / "broken.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0")
    write_rows(here / "mute.jsonl", [{"prompt": "a", "response": ""}])
    write_rows(here / "odd.jsonl", [{"x": 1, "y": 2}])
    result = delift(*words, model=words[:1] == ("run",))
    assert result.exit_code == 2, result.output
    assert (
        told in result.stderr
        and result.stderr.startswith("delift: ")
        and result.stderr.count("\n") == 1
    )
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words, told",
    [
        (("--model", "no/such-model"), "no/such-model: not in the local cache and not loadable"),
        (("--model", "./nowhere"), "./nowhere: no such folder"),
        (("--model", "."), "the folder lacks config.json"),
    ],
)
def test_a_model_that_cannot_be_had_is_one_line_too(words, told, delift, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    result = delift("run", "--pool", "pool.jsonl", *words, model=False)
    assert result.exit_code == 2 and told in result.stderr and result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "x.xlsx"),
        ("--budget", "many"),
        ("--budget", "9"),
        ("--objective", "flcg"),
        ("--pin", "r99"),
        ("--eta", "-1"),
        ("--quota", "a=1", "--group-by", "topic"),
        ("--exclude", "r0", "--pin", "r0"),
        ("--plan", "nearest", "--diagonal", "kept"),
    ],
)
def test_nothing_is_scored_before_every_option_is_checked(words, delift, here):
    assert delift("run", "--pool", "pool.jsonl", *words).exit_code == 2
    assert not (here / "workspace").exists()


def test_an_option_of_zero_is_part_of_the_recorded_command(delift, here):
    assert (
        delift(
            "run",
            "--pool",
            "pool.jsonl",
            "--target",
            "target.jsonl",
            "--eta",
            "0",
            "--budget",
            "2",
            "--out",
            "s.jsonl",
        ).exit_code
        == 0
    )
    assert "--eta 0" in json.loads((here / "s.jsonl.manifest.json").read_text())["command"]


@pytest.mark.parametrize(
    "words, kind",
    [
        (["--plan", "nearest", "--pairs", "50%"], "nearest"),
        (["--pairs", "0.5"], "nearest"),
        (["--plan", "sampled", "--pairs", "50%"], "sampled"),
    ],
)
def test_a_plan_scores_its_share_of_the_pairs_and_says_what_it_gives_up(delift, here, words, kind):
    result = delift("run", "--pool", "pool.jsonl", "--budget", 3, "--out", "s.jsonl", *words)
    assert result.exit_code == 0, result.stderr
    assert "32 pairs to score" in result.stdout and "50 % of all" in result.stdout
    manifest = json.loads((here / "s.jsonl.manifest.json").read_text())
    assert manifest["plan"] == {"kind": kind, "share": 0.5, "seed": 0, "minutes": None}
    again = delift("run", "--pool", "pool.jsonl", "--budget", 3, *words)
    assert ": 0 pairs to score" in again.stdout
    assert ": 64 pairs to score" in delift("run", "--pool", "pool.jsonl", "--budget", 3).stdout


def test_the_manifests_command_names_the_very_share_of_its_plan(delift, here):
    assert (
        delift(
            "run",
            "--pool",
            "pool.jsonl",
            "--budget",
            3,
            "--pairs",
            "43.2109876543%",
            "--out",
            "s.jsonl",
        ).exit_code
        == 0
    )
    manifest = json.loads((here / "s.jsonl.manifest.json").read_text())
    again = delift(*shlex.split(manifest["command"])[1:], model=False)
    assert again.exit_code == 0 and ": 0 pairs to score" in again.stdout, again.output
    assert (
        json.loads((here / "s.jsonl.manifest.json").read_text()) == manifest
        and len(list((here / "workspace" / "runs").iterdir())) == 1
    )


def test_a_choice_from_sampled_rows_comes_with_an_error_bar_and_one_from_nearest_pairs_says_that_pairs_are_inferred(
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
    found = {
        event["event"]: event
        for event in events(delift("run", "--pool", "pool.jsonl", "--minutes", 60, "--json"))
    }
    assert found["plan"]["kind"] == "all" and found["run"]["pairs"] == 64
    monkeypatch.setattr("delift_core.workflow.plan.measure_throughput", lambda *given: 10.0)
    slow = delift("run", "--pool", "pool.jsonl", "--limit", 7, "--minutes", 0.01)
    assert slow.exit_code == 2 and "0.01 minutes are too few" in slow.stderr


def test_a_diagonal_that_the_plan_of_the_minutes_leaves_out_is_refused_before_anything_is_scored(
    delift, here, monkeypatch
):
    monkeypatch.setattr("delift_core.workflow.plan.measure_throughput", lambda *given: 100.0)
    words = ("run", "--pool", "pool.jsonl", "--minutes", 0.15, "--budget", 2)
    refused = delift(*words, "--diagonal", "kept")
    assert (
        refused.exit_code == 2
        and "diagonal 'kept' needs examples scored behind themselves" in refused.stderr
    )
    assert not (here / "workspace" / "runs").exists()
    assert "plan: nearest" in delift(*words, "--diagonal", "masked").stdout.lower()


@pytest.mark.parametrize(
    "words, sentence",
    [
        (["--minutes", 5, "--plan", "nearest"], "--minutes chooses the plan"),
        (["--minutes", 5, "--pairs", "20%"], "--minutes chooses the plan"),
        (["--plan", "all", "--pairs", "20%"], "--plan all scores every pair"),
        (["--pairs", "most"], "cannot be read"),
        (["--minutes", 0], "x>0"),
        (["--plan", "some"], "'some' is not one of"),
    ],
)
def test_plans_that_contradict_themselves_are_refused_before_anything_is_read(
    delift, words, sentence
):
    result = delift("score", "--pool", "nowhere.jsonl", *words)
    assert (
        result.exit_code == 2 and sentence in result.stderr and len(result.stderr.splitlines()) == 1
    )


@pytest.fixture
def judged(tmp_path, monkeypatch):
    """The demo in a workspace, three of it chosen, the first of them dropped."""
    from delift_core.audit.events import Action, Event
    from delift_core.audit.log import open_log
    from delift_core.runs.selections import save_selection
    from delift_core.runs.store import open_demo
    from delift_core.selection.choice import Choice
    from delift_core.workflow.choose import choose

    monkeypatch.chdir(tmp_path)
    run, choice = open_demo(tmp_path), Choice(objective="facility_location", budget="3")
    selection = choose(run, choice)[1]
    save_selection(run, choice, selection)
    open_log(run.folder).append(
        [Event("1", run.pool[int(selection.indices[0])].id, Action.DROP, "anna")]
    )
    return run


def test_an_export_says_which_chosen_examples_were_dropped_and_leaves_them_out_when_asked(
    judged, tmp_path
):
    told = CliRunner().invoke(main, ["export", str(judged.folder), "--out", "all.jsonl"])
    assert (
        "1 of the 3 chosen examples was dropped (convert-06), and what is exported holds them all"
        " the same. Choose others" in told.stdout
    )
    assert "3 rows written to all.jsonl" in told.stdout
    assert json.loads((tmp_path / "all.jsonl.manifest.json").read_text())["audit"] == {
        "dropped": ["convert-06"],
        "left_out": 0,
    }
    told = CliRunner().invoke(
        main, ["export", str(judged.folder), "--out", "rest.jsonl", "--without-dropped", "--json"]
    )
    dropped, exported = events(told)
    assert (
        dropped["ids"] == ["convert-06"] and dropped["left_out"] is True and exported["rows"] == 2
    )
    assert (tmp_path / "rest.jsonl").read_text() == "".join(
        (tmp_path / "all.jsonl").read_text().splitlines(keepends=True)[1:]
    )


def test_an_export_goes_on_without_verdicts_that_cannot_be_read_unless_it_needs_them(
    judged, tmp_path, monkeypatch
):
    monkeypatch.setenv("DELIFT_DATABASE", "sqlite:////nowhere/verdicts.sqlite")
    told = CliRunner().invoke(main, ["export", str(judged.folder), "--out", "all.jsonl"])
    assert (
        told.exit_code == 0
        and "Whether any chosen example was dropped is not known." in told.stdout
    )
    refused = CliRunner().invoke(
        main, ["export", str(judged.folder), "--out", "rest.jsonl", "--without-dropped"]
    )
    assert refused.exit_code == 2 and not (tmp_path / "rest.jsonl").exists()
