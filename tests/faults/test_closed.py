"""A run folder that cannot be written can be read; what writes is refused in a sentence."""

import json
import os
import shutil

import pytest

from delift_core.analysis.audit_summary import audit_of
from delift_core.audit.events import Action, Event
from delift_core.audit.log import open_log
from delift_core.cli.main import main
from delift_core.errors import DeliftError, NoDatabase, UnwritableFile, UnwritableFolder
from delift_core.jobs import jobs
from delift_core.jobs.requests import CostRequest, ScoreRequest, score_folder
from delift_core.jobs.status import State, Status, write_status
from delift_core.report.document import write_report
from delift_core.runs.integrity import missing_work
from delift_core.runs.projections import Projection, read_projection
from delift_core.runs.selections import find_selection, read_selection, save_selection
from delift_core.runs.store import create_run, list_runs, open_demo, open_run
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose
from delift_core.workflow.project import project_run
from delift_core.workflow.score import score_missing
from tests.pages.conftest import card, texts

CHOICE = Choice(objective="facility_location", budget="5")


@pytest.fixture
def closed(disk, monkeypatch):
    """The demo with two verdicts and a selection, on a disk that cannot be written any more."""
    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    run = open_demo(disk.folder)
    save_selection(run, CHOICE, choose(run, CHOICE)[1])
    log = open_log(run.folder)
    log.append(
        [
            Event("1", run.pool[3].id, Action.DROP, "anna", ("wrong",)),
            Event("2", run.pool[4].id, Action.KEEP, "anna"),
        ]
    )
    log.write_guidelines("keep what is right", "anna")
    log.engine.dispose()
    write_status(Status(State.RUNNING, "score", pid=1), score_folder(run.folder))
    disk.close()
    return open_run(run.folder)


def test_everything_that_only_reads_works(closed, tmp_path, tried):
    before = set(closed.folder.rglob("*"))
    assert [run.id for run in list_runs(closed.folder.parents[1])] == [closed.id]
    assert len(choose(closed, CHOICE)[1]) == 5 == len(read_selection(find_selection(closed))[1])
    assert [event.uid for event in open_log(closed.folder).events()] == ["1", "2"]
    audit = audit_of(closed.folder)
    assert (
        audit.counts["anna"] == {"drop": 1, "keep": 1} and audit.guidelines == "keep what is right"
    )
    assert write_report(closed, CHOICE, tmp_path / "report.html").stat().st_size > 100_000
    assert read_projection(closed).shape == (160, 2) and set(closed.folder.rglob("*")) == before
    tried(
        "a closed folder: open, choose, look, report, verdicts",
        "read",
        "all as in a folder that can be written, and no file is added",
    )


def test_the_audit_page_shows_verdicts_and_says_that_none_can_be_given(
    closed, demo, monkeypatch, tried
):
    monkeypatch.setenv("DELIFT_WORKSPACE", str(closed.folder.parents[1]))
    page = demo("deliver/audit", run=closed.id, budget="160", reviewer="anna", queue="filter")
    assert not page.exception and not page.error and "All 160 that match" in texts(page)
    assert (card(page)["judged"], card(page)["total"]) == (2, 160)
    page = next(button for button in page.button if button.label == "Mark all keep").click().run()
    (refusal,) = [error.value for error in page.error]
    assert (
        not page.exception
        and "nothing can be written, the run folder is closed for writing"
        in refusal.replace("\\", "")
    )
    tried(
        "a closed folder: the Audit page",
        "read",
        "2 of 160 judged; judging says: nothing can be written, the run folder is closed",
    )


def test_verdicts_of_a_server_that_was_killed_are_read_from_beside_the_database(
    disk, monkeypatch, tried
):
    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    elsewhere, here = (disk.folder / name / "run" for name in ("elsewhere", "here"))
    elsewhere.mkdir(parents=True)
    log = open_log(elsewhere)
    log.append([Event("1", "a", Action.KEEP, "anna")])
    shutil.copytree(elsewhere, here)  # as a kill leaves it: not yet written into the database
    assert (here / "audit.sqlite-wal").stat().st_size
    log.engine.dispose()
    disk.close()
    assert [event.uid for event in open_log(here).events()] == ["1"]
    tried(
        "a closed folder left by a killed server",
        "read",
        "verdicts that stand beside the database are read as well",
    )


WRITES = {
    "a verdict": (
        NoDatabase,
        lambda run: open_log(run.folder).append([Event("3", "x", Action.KEEP, "anna")]),
    ),
    "guidelines": (NoDatabase, lambda run: open_log(run.folder).write_guidelines("other", "anna")),
    "a selection": (
        UnwritableFile,
        lambda run: save_selection(run, CHOICE, choose(run, CHOICE)[1]),
    ),
    "a map": (UnwritableFile, lambda run: project_run(run, Projection.UTILITY, seed=1)),
    "a job": (
        (UnwritableFile, UnwritableFolder),
        lambda run: jobs.start(ScoreRequest(str(run.folder), ["pool_pool"], "")),
    ),
    "another job": (
        (UnwritableFile, UnwritableFolder),
        lambda run: jobs.start(CostRequest(str(run.folder), ["pool_pool"], "")),
    ),
    "an export into it": (UnwritableFile, lambda run: export(run)),
}


def export(run):
    from delift_core.export.subset import export_subset

    export_subset(run.pool, choose(run, CHOICE)[1], run.folder / "subset.jsonl")


@pytest.mark.parametrize("what", WRITES)
def test_whatever_writes_says_one_sentence(what, closed, tried):
    kind, write = WRITES[what]
    before = {file: file.read_bytes() for file in closed.folder.rglob("*") if file.is_file()}
    with pytest.raises(kind) as refusal:
        write(closed)
    assert isinstance(refusal.value, DeliftError) and "\n" not in str(refusal.value)
    assert {
        file: file.read_bytes() for file in closed.folder.rglob("*") if file.is_file()
    } == before
    tried(f"a closed folder: {what}", "refused", str(refusal.value).replace(str(closed.folder), ""))


def test_scoring_in_a_closed_folder_says_one_sentence(disk, many, tiny, tried):
    run = create_run(disk.folder, many, tiny().record, "chat")
    disk.close()
    with pytest.raises(
        UnwritableFile, match="it cannot be written .Read-only file system"
    ) as refusal:
        list(score_missing(missing_work(run, ["pool_pool"]), tiny()))
    again = create_run(disk.folder, many, tiny().record, "chat")
    assert again.record == run.record
    tried("a closed folder: scoring", "refused", str(refusal.value).removeprefix(f"{run.folder}"))


def test_a_job_that_was_left_behind_in_a_closed_folder_is_not_called_alive_for_ever(
    closed, monkeypatch, tried
):
    folder = score_folder(closed.folder)
    # a worker elsewhere may have written this just now
    assert jobs.status(folder).state == State.RUNNING
    monkeypatch.setattr(jobs, "SILENCE", 0.0)
    assert jobs.status(folder).state == State.INTERRUPTED
    tried(
        "a closed folder: the status of a dead job",
        "read",
        "interrupted, once nobody has written for a minute",
    )


def test_commands_on_a_closed_folder_end_in_one_line(closed, tmp_path, capsys, tried):
    ends = {}
    for words in (
        ("export", closed.folder, "--out", tmp_path / "out.jsonl"),
        ("select", closed.folder, "--budget", "7"),
        ("runs", "--workspace", closed.folder.parents[1]),
    ):
        with pytest.raises(SystemExit) as end:
            main([*map(str, words)], prog_name="delift")
        told = capsys.readouterr()
        ends[words[0]] = end.value.code
        assert end.value.code == 0 or len(told.err.strip().splitlines()) == 1, told.err
    assert (
        ends == {"export": 0, "select": 2, "runs": 0}
        and len((tmp_path / "out.jsonl").read_text().splitlines()) == 5
    )
    tried(
        "a closed folder: commands",
        "as it must",
        "export and runs work, select says in one line that it cannot be written",
    )


def told_to_nobody(run):
    """The verdicts that are read, and what is said to whoever wants to write one."""
    told = [event.uid for event in open_log(run.folder).events()]
    try:
        open_log(run.folder).append([Event("2", "x", Action.KEEP, "anna")])
    except DeliftError as refusal:
        told.append(str(refusal))
    return told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become nobody")
def test_a_folder_of_somebody_else_is_read_by_one_who_may_not_write_it(
    tmp_path, monkeypatch, tried
):
    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    run = open_demo(tmp_path)
    log = open_log(run.folder)
    log.append([Event("1", run.pool[3].id, Action.DROP, "anna")])
    log.engine.dispose()
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == 0 and "pytest" in str(folder):
            folder.chmod(0o755)
    read, write = os.pipe()
    if (pid := os.fork()) == 0:
        try:
            os.setuid(65534)
            os.write(write, json.dumps(told_to_nobody(run)).encode())
        finally:
            os._exit(0)  # whatever happens, the rest of the suite is not for this process
    os.close(write)
    os.waitpid(pid, 0)
    uid, sentence = json.loads(os.read(read, 65536))
    assert uid == "1" and "nothing can be written, the run folder is closed for writing" in sentence
    tried("the folder of another user", "read", sentence.removeprefix(f"{run.folder}/"))
