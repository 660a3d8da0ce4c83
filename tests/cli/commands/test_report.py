"""`delift report`: one page from a kept selection, and every mistake in one line."""

import json

import pytest
from click.testing import CliRunner

from delift_core.cli.main import main
from delift_core.report.document import write_report
from delift_core.runs.selections import save_selection, selection_name
from delift_core.runs.store import open_demo
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose

FIRST, LAST = (
    Choice(objective="facility_location", budget="9"),
    Choice(objective="flqmi", budget="7"),
)


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The demo with two kept selections."""
    monkeypatch.chdir(tmp_path)
    run = open_demo(tmp_path)
    for choice in (FIRST, LAST):
        save_selection(run, choice, choose(run, choice)[1])
    return run


def delift(*arguments):
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


@pytest.mark.parametrize(
    "arguments, choice", [((), LAST), (("--selection", selection_name(FIRST)), FIRST)]
)
def test_the_selection_asked_for_or_the_last_one_becomes_a_page(run, tmp_path, arguments, choice):
    result = delift("report", run.folder, "-o", "report.html", *arguments)
    assert (
        result.exit_code == 0
        and "report written to report.html" in result.stdout
        and "laying out" not in result.stdout
    )
    assert (tmp_path / "report.html").read_bytes() == write_report(
        run, choice, tmp_path / "library.html"
    ).read_bytes()


def test_a_page_that_is_there_is_replaced(run, tmp_path):
    (tmp_path / "report.html").write_text("an earlier one")
    result = delift("report", run.folder, "--out", "report.html", "--json")
    event = json.loads(result.stdout)
    assert (
        event["event"] == "reported"
        and event["path"] == "report.html"
        and event["bytes"] == (tmp_path / "report.html").stat().st_size > 1_000_000
    )
    assert not list(tmp_path.glob(".report*"))


def test_a_map_that_was_never_laid_out_is_laid_out_first_and_kept(run, tmp_path, monkeypatch):
    from delift_core.runs import projections
    from delift_core.workflow import project as workflow_project

    places = projections.read_projection(run)
    (run.folder / "projections" / "embedding-0.parquet").unlink()
    monkeypatch.setattr(workflow_project, "project", lambda vectors, seed: places)
    assert (
        "laying out the map of 160 examples"
        in delift("report", run.folder, "-o", "report.html").stdout
    )
    assert (projections.read_projection(run) == places).all()
    assert (tmp_path / "report.html").read_bytes() == write_report(
        open_demo(tmp_path / "other"), LAST, tmp_path / "o.html"
    ).read_bytes()


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (("report", ".", "-o", "r.html"), "not a run folder"),
        (("report", "RUN", "-o", "r.html", "--selection", "nope"), "no selection 'nope'"),
        (("report", "RUN", "-o", "r.pdf"), "ends in .html or .htm"),
        (("report", "RUN", "-o", "here.html"), "it is a folder"),
        (("report", "RUN", "-o", "file/r.html"), "file is a file"),
        (("report", "RUN"), "Missing option '--out' / '-o'"),
        (("report", "RUN", "-o", "r.html", "--budget", "3"), "No such option"),
    ],
    ids=lambda arguments: " ".join(arguments) if isinstance(arguments, tuple) else "",
)
def test_every_mistake_ends_in_one_line_and_exit_code_2(run, tmp_path, arguments, sentence):
    (tmp_path / "here.html").mkdir()
    (tmp_path / "file").write_text("")
    result = delift(*(run.folder if argument == "RUN" else argument for argument in arguments))
    assert result.exit_code == 2 and sentence in result.stderr and result.stderr.count("\n") == 1
    assert not (tmp_path / "r.html").exists()


def test_a_run_in_which_nothing_was_chosen_says_how_to_choose(tmp_path):
    result = delift("report", open_demo(tmp_path / "fresh").folder, "-o", tmp_path / "r.html")
    assert (
        result.exit_code == 2
        and "nothing has been chosen in this run yet. Run: delift select" in result.stderr
    )
