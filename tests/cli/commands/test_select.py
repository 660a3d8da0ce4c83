"""`delift select`: chooses anew in a scored run."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main
from delift_core.runs.store import open_demo, open_run
from delift_core.runs.unprompted import unprompted_path
from tests.cli.conftest import events
from tests.selection.test_imported import write_table


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


def scored_folder(delift):
    scored = events(delift("score", "--pool", "pool.jsonl", "--json"))
    return next(event["folder"] for event in scored if event["event"] == "run")


def test_any_method_chooses_and_export_says_which(delift, data_folder):
    folder = scored_folder(delift)
    options = ("--method", "longest", "--budget", "2", "--pin", "r0", "--json")
    chosen = events(delift("select", folder, *options, model=False))[0]
    longest = open_run(Path(folder)).alone("pool").response_tokens.argmax()
    assert chosen["method"] == "longest" and chosen["ids"] == ["r0", f"r{longest}"]
    assert delift("export", folder, "--out", "ids.txt", model=False).exit_code == 0
    manifest = json.loads((data_folder / "ids.txt.manifest.json").read_text())
    assert manifest["selection"]["method"] == "longest"
    report = delift("report", folder, "--out", "report.html", model=False)
    assert report.exit_code == 2 and "this selection was made by longest" in report.stderr


def kinds(said):
    """The kinds of events in order; a slow machine prints progress more often."""
    return list(dict.fromkeys(event["event"] for event in said))


GRADIENTS = ("--method", "gradients", "--rank", "2", "--dimension", "16", "--epochs", "2")


def test_gradients_are_computed_with_progress_the_first_time_and_say_that_no_target_is_there(
    delift,
):
    folder = scored_folder(delift)
    said = events(delift("select", folder, *GRADIENTS, "--budget", "2", "--json", model=False))
    assert kinds(said) == ["target", "gradients", "progress", "selected"]
    read, last = said[1]["examples"], said[-2]
    assert read == 2 * 1 + 2 * 8 and last["done"] == last["total"] == read
    assert said[-1]["method"] == "gradients" and len(said[-1]["ids"]) == 2
    again = events(delift("select", folder, *GRADIENTS, "--budget", "2", "--json", model=False))
    assert kinds(again) == ["target", "gradients", "selected"]
    assert again[1]["examples"] == 0 and again[2]["ids"] == said[3]["ids"]
    text = delift("select", folder, *GRADIENTS, "--seed", "1", "--budget", "2", model=False).stdout
    assert "the pool's mean gradient stands for that of one" in text
    assert "gradients: 18 of 18 examples" in text


def test_rounds_are_tuned_with_progress_the_first_time_and_give_the_same_choice_again(delift):
    folder = scored_folder(delift)
    chosen = ("--method", "rounds", "--rounds", "2", "--initial", "0.25", "--budget", "3", "--json")
    said = events(delift("select", folder, *chosen, model=False))
    assert kinds(said) == ["rounds", "progress", "selected"]
    read, last = said[0]["examples"], said[-2]
    assert read == 3 * 2 + 8 + 3 * 3 + 8 and last["done"] == last["total"] == read
    assert said[-1]["method"] == "rounds" and len(said[-1]["ids"]) == 3
    again = events(delift("select", folder, *chosen, model=False))
    assert kinds(again) == ["rounds", "selected"]
    assert again[0]["examples"] == 0 and again[-1]["ids"] == said[-1]["ids"]


@pytest.mark.parametrize("method", [GRADIENTS, ("--method", "ifd"), ("--method", "rounds")])
def test_what_cannot_be_chosen_is_refused_before_passes_are_made_for_it(delift, method):
    folder = Path(scored_folder(delift))
    too_many = delift("select", folder, *method, "--budget", "99", model=False)
    assert too_many.exit_code == 2 and "99" in too_many.stderr
    chunks = (folder / "kernels" / "pool_pool.zarr" / "c").rglob("*")
    next(chunk for chunk in chunks if chunk.is_file()).unlink()
    unfinished = delift("select", folder, *method, "--budget", "2", model=False)
    assert unfinished.exit_code == 2 and "pool_pool is not finished" in unfinished.stderr
    assert not too_many.stdout and not unfinished.stdout
    assert not (folder / "gradients").exists() and not (folder / "rounds").exists()
    assert not (folder / "pool" / "unprompted.parquet").exists()


def test_a_method_that_has_not_what_it_needs_is_refused_with_what_to_give(delift):
    folder = scored_folder(delift)
    for name, sentence in {
        "retrieval": "Give examples of the task with --target",
        "column": "Name a numeric field of the rows with --field",
        "random_per_group": "Name a field of the rows with --group-by",
    }.items():
        refused = delift("select", folder, "--method", name, model=False)
        assert refused.exit_code == 2 and sentence in refused.stderr
        assert refused.stderr.count("\n") == 1


def test_an_imported_list_chooses_and_unknown_ids_are_said_by_row(delift, data_folder):
    folder = scored_folder(delift)
    (data_folder / "ids.txt").write_text("r5\nr88\nr1\nr99\n")
    options = ("--method", "list", "--table", "ids.txt", "--json", "--budget")
    printed = events(delift("select", folder, *options, "2", model=False))
    assert [(event["event"], event.get("row")) for event in printed[:2]] == [
        ("unmatched", 2),
        ("unmatched", 4),
    ]
    assert printed[2]["ids"] == ["r5", "r1"]
    refused = delift("select", folder, *options, "3", model=False)
    assert refused.exit_code == 2 and "method list has 2" in refused.stderr


def test_an_imported_table_is_a_column(delift, data_folder):
    folder = scored_folder(delift)
    (data_folder / "scores.csv").write_text("id,mark\nr4,1\nr6,5\n")
    options = ("--method", "column", "--table", "scores.csv", "--budget", "2", "--json")
    printed = events(delift("select", folder, *options, "--field", "mark", model=False))
    assert [event["event"] for event in printed].count("missing") == 6
    chosen = next(event for event in printed if event["event"] == "selected")
    assert chosen["ids"] == ["r6", "r4"]


def test_a_pass_that_a_method_needs_is_made_once_with_its_progress(delift, data_folder):
    folder = scored_folder(delift)
    options = ("--method", "ifd", "--budget", "3", "--json")
    first = events(delift("select", folder, *options, model=False))
    assert kinds(first) == ["model", "progress", "selected"]
    last = first[-2]
    assert (last["done"], last["total"], "examples_per_second" in last) == (8, 8, True)
    again = events(delift("select", folder, *options, model=False))
    assert [event["event"] for event in again] == ["selected"]
    assert again[0]["ids"] == first[-1]["ids"] and again[0]["method"] == "ifd"
    probes = delift("select", folder, "--method", "probes", "--budget", "3", "--json", model=False)
    assert kinds(events(probes)) == ["selected"]


def test_a_damaged_pass_is_made_anew_by_the_command_that_needs_it(delift):
    folder = scored_folder(delift)
    options = ("--method", "ifd", "--budget", "3", "--json")
    chosen = events(delift("select", folder, *options, model=False))[-1]["ids"]
    file = unprompted_path(open_run(Path(folder)), "pool")
    whole = file.read_bytes()
    file.write_bytes(whole[:-9])
    assert events(delift("select", folder, *options, model=False))[-1]["ids"] == chosen
    assert file.read_bytes() == whole


@pytest.mark.parametrize("name", ["scores.csv", "scores.jsonl", "scores.parquet"])
def test_unknown_repeated_and_missing_ids_are_said_by_row_for_every_kind_of_file(name, tmp_path):
    run = open_demo(tmp_path)
    ids = [example.id for example in run.pool]
    marks = [(ids[5], 3.0), ("nobody", 9.0), (ids[7], 8.0), (ids[5], 1.0)]
    rows = [{"id": id, "score": score} for id, score in marks]
    table = write_table(tmp_path / name, rows)
    options = ("--method", "column", "--table", table, "--budget", "2")
    lines = command("select", run.folder, *options).stdout.splitlines()
    assert lines[:3] == [
        f"{table}, row 2: the pool has no example with the id 'nobody'.",
        f"{table}, row 4: the id '{ids[5]}' is in row 1 already, which counts.",
        f"row 1 of the pool: the example of the pool with the id '{ids[0]}' has no score.",
    ]
    assert lines[12] == "and 148 more such rows; --json lists all" and len(lines) == 14
    printed = events(command("select", run.folder, *options, "--json"))
    assert [event["event"] for event in printed].count("missing") == 158
    assert printed[-1]["ids"] == [ids[7], ids[5]]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--seed", "3"), "--seed 3 is not read: give it with method random or"),
        (("--method", "longest", "--field", "topic"), "--field topic is not read: give it with"),
        (("--method", "random", "--max-cosine", ".5"), "--max-cosine 0.5 is not read: .* column."),
        (
            ("--method", "ifd", "--rank", "4"),
            "--rank 4 is not read: give it with method gradients.",
        ),
    ],
)
def test_an_option_that_the_method_does_not_read_is_refused(options, sentence, tmp_path):
    refused = command("select", open_demo(tmp_path).folder, *options)
    assert refused.exit_code == 2 and re.search(sentence, refused.stderr)


@pytest.mark.parametrize("method", [(), ("--method", "longest")], ids=["none", "longest"])
def test_a_table_that_no_method_reads_is_refused(method, tmp_path):
    run = open_demo(tmp_path)
    (tmp_path / "ids.txt").write_text(f"{run.pool[0].id}\n")
    refused = command("select", run.folder, *method, "--table", tmp_path / "ids.txt")
    assert refused.exit_code == 2
    assert "ids.txt is not read: give it with method column or list." in refused.stderr


def test_a_selection_with_a_name_is_found_by_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = open_demo(tmp_path)
    for budget, name in (("3", "für Ärzte"), ("5", "a larger one")):
        chosen = command("select", run.folder, "--budget", budget, "--name", name)
        assert chosen.exit_code == 0
    command("export", run.folder, "--selection", "Für Ärzte", "--out", "ids.txt")
    assert len(Path("ids.txt").read_text().split()) == 3
    refused = command("select", run.folder, "--budget", "7", "--name", "A larger one")
    assert refused.exit_code == 2
    assert "The name 'a larger one' is taken by another selection of this run" in refused.stderr


def command(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)])
