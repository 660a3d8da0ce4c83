"""The Start page: cards that open, rename, duplicate and delete runs, and nothing that is lost."""

import pytest

from delift_core.audit.events import Action
from delift_core.jobs import jobs
from delift_core.jobs.requests import score_folder
from delift_core.jobs.status import State, Status
from delift_core.runs.run_copies import deleted_runs
from delift_core.runs.run_labels import rename_run, run_name
from delift_core.runs.store import demo_id, list_runs, open_demo
from pages.session import verdicts
from tests.pages.conftest import texts


def press(page, key):
    """Click the button with that key."""
    return page.button(key=key).click().run()


@pytest.fixture
def run(new_run, workspace):
    return new_run("pool", "target", workspace=workspace)


def test_a_card_says_what_a_run_holds_and_how_far_it_is(run, visit):
    said = texts(visit())
    assert "6 examples · target 1" in said and "0 of 3 score matrices" in said
    assert "Last used today" in said


def test_one_click_opens_a_run_and_keeps_when(run, visit):
    page = press(visit(), f"open {run.id}")
    assert page.query_params["run"] == run.id
    assert (run.folder / "opened").exists()


def test_a_run_is_renamed(run, visit):
    page = visit()
    page.text_input(key=f"name of {run.id}").set_value("My first pool")
    page = press(page, f"Rename {run.id}")
    assert "**My first pool**" in texts(page) and run_name(run.folder) == "My first pool"


def test_a_name_that_is_taken_is_refused_in_a_sentence(run, new_run, workspace, visit):
    page = visit()
    page.text_input(key=f"name of {run.id}").set_value("mine")
    page = press(page, f"Rename {run.id}")
    other = new_run("pool", workspace=workspace)
    page = page.run()
    page.text_input(key=f"name of {other.id}").set_value("Mine")
    page = press(page, f"Rename {other.id}")
    assert "is taken by the run in" in page.error[0].value.replace("\\", "")


def test_a_duplicate_is_a_card_of_its_own(run, visit, workspace):
    page = press(visit(), f"Duplicate {run.id}")
    (copy,) = [other for other in list_runs(workspace) if other.id != run.id]
    assert "(copy 1)**" in texts(page) and page.button(key=f"open {copy.id}")


def test_runs_of_one_title_can_both_be_duplicated(run, new_run, visit, workspace):
    other = new_run("pool", workspace=workspace)
    page = press(press(visit(), f"Duplicate {run.id}"), f"Duplicate {other.id}")
    assert not page.error and "(copy 1)**" in texts(page) and "(copy 2)**" in texts(page)


def test_a_card_that_is_no_longer_true_is_refused_in_a_sentence(run, visit, workspace):
    page = visit()
    press(visit(), f"Delete {run.id}")
    page = press(page, f"Rename {run.id}")
    assert not run.folder.exists()
    page = press(visit(), f"Bring back {run.id}")
    assert not page.error and [each.id for each in list_runs(workspace)] == [run.id]


def test_a_run_that_comes_back_under_another_name_is_told(run, new_run, visit, workspace):
    rename_run(run, "mine")
    page = press(visit(), f"Delete {run.id}")
    rename_run(new_run("pool", workspace=workspace), "mine")
    page = press(page, f"Undo {run.id}")
    assert "**mine (2)**" in texts(page) and "Another run is called mine by now" in texts(page)
    assert "Another run is called" not in texts(page.run())


def test_the_page_reads_no_pool_for_titles(run, visit, monkeypatch):
    press(visit(), f"Duplicate {run.id}")
    page = press(visit(), f"Delete {run.id}")
    read = []
    monkeypatch.setattr("delift_core.runs.run.read_sound", lambda *role: read.append(role))
    page = page.run()
    assert not page.exception and not read and "pool.jsonl" in texts(page)


def test_the_page_leaves_the_files_of_the_demo_as_they_are(visit, workspace, files):
    open_demo(workspace)
    before = files(workspace)
    (workspace / "runs" / demo_id() / "pool" / "alone.parquet").unlink()
    visit()
    assert set(before) - set(files(workspace)) == {
        workspace / "runs" / demo_id() / "pool" / "alone.parquet"
    }


def test_a_damaged_demo_costs_none_of_the_other_cards(run, visit, workspace):
    (open_demo(workspace).folder / "run.json").write_text("{")
    page = visit()
    assert "not a run folder" in page.error[0].value
    assert "Bring your data" in texts(page) and page.button(key=f"open {run.id}")


def test_a_deleted_run_is_removed_for_good_once_that_is_confirmed(run, visit, workspace):
    page = press(visit(), f"Delete {run.id}")
    assert "which gains" in texts(page) and deleted_runs(workspace)
    page = press(page, f"Remove {run.id}")
    assert not page.error and "was deleted" not in texts(page)
    assert deleted_runs(workspace) == [] and not (workspace / "trash" / run.id).exists()


def test_a_deleted_run_comes_back_with_one_click(run, visit, workspace):
    page = press(visit(), f"Delete {run.id}")
    assert list(list_runs(workspace)) == [] and "was deleted today" in texts(page)
    page = press(page, f"Undo {run.id}")
    assert [each.id for each in list_runs(workspace)] == [run.id]
    assert deleted_runs(workspace) == [] and "was deleted" not in texts(page)


def test_another_session_can_bring_a_deleted_run_back(run, visit, workspace):
    press(visit(), f"Delete {run.id}")
    press(visit(), f"Bring back {run.id}")
    assert [each.id for each in list_runs(workspace)] == [run.id]


def test_who_looks_at_a_run_that_is_deleted_is_told_in_a_sentence(run, visit):
    page = visit("prepare/data", run=run.id)
    press(visit(), f"Delete {run.id}")
    page.run()
    assert not page.exception and "not a run folder" in texts(page)


def test_a_job_at_work_is_on_the_card_and_keeps_the_run_where_it_is(run, visit, monkeypatch):
    folder = score_folder(run.folder)
    folder.mkdir(parents=True)
    (folder / "status.json").write_text("{}")
    at_work = Status(State.RUNNING, "score", done=21, total=100)
    monkeypatch.setattr(jobs, "status", lambda at: at_work)
    assert "running, 21 %" in texts(visit())


def test_the_verdicts_of_the_demo_are_taken_back_at_once_and_stay_in_the_log(
    visit, workspace, monkeypatch
):
    monkeypatch.setattr(verdicts, "reviewer", lambda: "anna")
    demo = open_demo(workspace)
    assert "reset the demo" not in [button.key for button in visit().button]
    log = verdicts.ledger(demo.folder).log
    log.append([verdicts.Event("1", demo.pool[0].id, Action.KEEP, "anna")])
    log.append([verdicts.Event("2", demo.pool[1].id, Action.DROP, "ben")])
    page = press(visit(), "reset the demo")
    assert verdicts.agreed_verdicts(demo) == {}
    assert [event.action for event in log.events()] == ["keep", "drop", "undo", "undo"]
    assert "reset the demo" not in [button.key for button in page.button]
