"""`delift export`: a selection of a run becomes a file; dropped examples are said."""

import json

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main
from tests.cli.conftest import events


def test_no_role_of_a_run_is_ever_replaced_by_a_subset(delift, data_folder):
    before = (data_folder / "target.jsonl").read_bytes()
    scored = events(
        delift("run", "--pool", "pool.jsonl", "--target", "target.jsonl", "--budget", "2", "--json")
    )
    folder = next(event["folder"] for event in scored if event["event"] == "run")
    refused = delift("export", folder, "--out", "target.jsonl", model=False)
    assert refused.exit_code == 2 and "target.jsonl: the data was read from here" in refused.stderr
    assert (data_folder / "target.jsonl").read_bytes() == before


@pytest.fixture
def run_with_a_dropped_row(tmp_path, monkeypatch):
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


def exported(run, *options):
    """The result of exporting a run in this process."""
    return CliRunner().invoke(main, ["export", str(run.folder), *options])


def test_an_export_says_which_chosen_examples_were_dropped_and_leaves_them_out_unless_told(
    run_with_a_dropped_row, tmp_path
):
    result = exported(run_with_a_dropped_row, "--out", "all.jsonl", "--with-dropped")
    assert (
        "1 of the 3 chosen examples was dropped (convert-06), and what is exported holds them all"
        " the same. Choose others" in result.stdout
    )
    assert "3 rows written to all.jsonl" in result.stdout
    manifest = json.loads((tmp_path / "all.jsonl.manifest.json").read_text())
    assert manifest["audit"] == {"dropped": ["convert-06"], "left_out": 0}
    assert manifest["command"].endswith("--with-dropped --out all.jsonl")
    for options in ([], ["--without-dropped"]):
        result = exported(run_with_a_dropped_row, "--out", "rest.jsonl", "--json", *options)
        dropped, written, _ = events(result)
        assert dropped["ids"] == ["convert-06"] and dropped["left_out"] is True
        assert written["rows"] == 2
        assert (tmp_path / "rest.jsonl").read_text() == "".join(
            (tmp_path / "all.jsonl").read_text().splitlines(keepends=True)[1:]
        )


def test_what_a_trainer_reads_is_counted_and_the_telling_example_shown_without_a_file(
    run_with_a_dropped_row, tmp_path
):
    result = exported(run_with_a_dropped_row, "--preview-training", "bundled")
    assert result.exit_code == 0, result.output
    assert (
        "2 examples under the chat template of bundled, at most 1,024 tokens each: all of them"
        " whole, each with its end of turn." in result.stdout
    )
    parts = [line.split(",")[0].strip() for line in result.stdout.splitlines()[-2:]]
    assert parts == ["masked", "labelled"]
    assert "labelled, " in result.stdout and "<|im_end|>\\n'" in result.stdout
    assert not list(tmp_path.glob("*.jsonl"))


def test_what_is_cut_is_counted_and_shown_with_its_labels(run_with_a_dropped_row):
    options = ["--preview-training", "bundled", "--max-length", "40", "--json"]
    _, counts, shown = events(exported(run_with_a_dropped_row, *options))
    assert counts["examples"] == 2 and counts["cut"] == counts["without_end"] == 2
    assert len(shown["tokens"]) == len(shown["labels"]) == len(shown["pieces"]) == 40
    assert shown["lost"].endswith("<|im_end|>\n")


def test_a_preview_names_the_examples_there_are_and_an_export_needs_a_file(
    run_with_a_dropped_row,
):
    refused = exported(
        run_with_a_dropped_row, "--preview-training", "bundled", "--example", "convert-06"
    )
    assert refused.exit_code == 2
    assert "--example convert-06: not among the 2 examples that are exported." in refused.stderr
    refused = exported(run_with_a_dropped_row)
    assert refused.exit_code == 2 and "--preview-training" in refused.stderr


def test_an_export_goes_on_without_verdicts_that_cannot_be_read_unless_it_needs_them(
    run_with_a_dropped_row, tmp_path, monkeypatch
):
    monkeypatch.setenv("DELIFT_DATABASE", "sqlite:////nowhere/verdicts.sqlite")
    result = CliRunner().invoke(
        main, ["export", str(run_with_a_dropped_row.folder), "--out", "all.jsonl"]
    )
    assert (
        result.exit_code == 0
        and "Whether any chosen example was dropped is not known." in result.stdout
    )
    refused = CliRunner().invoke(
        main,
        ["export", str(run_with_a_dropped_row.folder), "--out", "rest.jsonl", "--without-dropped"],
    )
    assert refused.exit_code == 2 and not (tmp_path / "rest.jsonl").exists()


def test_files_for_trainers_stand_beside_an_export_but_for_ids(run_with_a_dropped_row, tmp_path):
    result = exported(run_with_a_dropped_row, "--out", "all.jsonl", "--max-length", "77")
    assert (
        "Beside it for trainers: dataset_info.json, all.jsonl.axolotl.yaml, all.jsonl.trl.py"
        in result.stdout
    )
    entry = json.loads((tmp_path / "dataset_info.json").read_text())["all.jsonl"]
    assert entry["columns"] == {"prompt": "prompt", "response": "response"}
    script = (tmp_path / "all.jsonl.trl.py").read_text()
    assert "model='HuggingFaceTB/SmolLM2-135M-Instruct'" in script and "max_length=77" in script
    result = exported(run_with_a_dropped_row, "--out", "ids.txt")
    assert "trainers" not in result.stdout and len(list(tmp_path.glob("*.trl.py"))) == 1


def test_an_export_without_files_for_trainers_says_why(run_with_a_dropped_row, tmp_path):
    (tmp_path / "dataset_info.json").write_text("{")
    result = exported(run_with_a_dropped_row, "--out", "all.jsonl")
    assert result.exit_code == 0 and "not LLaMA-Factory's" in result.stdout
    assert (tmp_path / "all.jsonl").exists() and not list(tmp_path.glob("*.trl.py"))


def test_an_edited_response_is_exported_when_asked_and_the_original_kept(
    run_with_a_dropped_row, tmp_path
):
    from delift_core.audit.events import Action, Event
    from delift_core.audit.log import open_log

    run = run_with_a_dropped_row
    edit = Event("2", "arith-14", Action.EDIT, "anna", note="Twelve, of course.")
    open_log(run.folder).append([edit])
    result = exported(run, "--out", "read.jsonl")
    assert "1 response was edited (arith-14); exported as read. Export" in result.stdout
    assert "Twelve" not in (tmp_path / "read.jsonl").read_text()
    result = exported(run, "--out", "edited.jsonl", "--with-edits")
    assert "exported as edited." in result.stdout
    first, _ = map(json.loads, (tmp_path / "edited.jsonl").read_text().splitlines())
    assert first["response"] == "Twelve, of course." and first["id"] == "arith-14"
    manifest = json.loads((tmp_path / "edited.jsonl.manifest.json").read_text())
    assert manifest["audit"]["edited"] == ["arith-14"]
    assert "--with-edits" in manifest["command"]
