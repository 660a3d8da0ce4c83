"""A clock that goes backwards: nothing negative, nothing in the wrong order, no crash."""

import os
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from delift_core.audit import log as logs
from delift_core.audit.events import Action, Event, by_reviewer
from delift_core.audit.log import open_log
from delift_core.jobs import jobs, status
from delift_core.jobs.progress import JobProgress
from delift_core.jobs.status import State
from delift_core.runs.selections import find_selection, save_selection
from delift_core.runs.store import list_runs
from delift_core.selection.choice import Choice
from delift_core.workflow.choose import choose

DAY = 86_400


@pytest.fixture
def back(monkeypatch):
    """A wall clock that is a day behind the files, and loses an hour at every look."""
    lost = [0]

    def now():
        lost[0] += 3600
        return time_before() - DAY - lost[0]

    time_before = time.time
    monkeypatch.setattr(status.time, "time", now)
    return now


def test_a_job_under_a_clock_that_goes_back_counts_forwards(tmp_path, back, tried):
    progress = JobProgress(tmp_path, "score")
    progress.total(10)
    seen = []
    for _ in range(5):
        time.sleep(0.01)
        progress.advance()
        progress.write()
        seen.append(status.read_status(tmp_path))
    progress.end(State.DONE)
    assert [found.done for found in seen] == [1, 2, 3, 4, 5] and all(
        found.rate > 0 and found.elapsed > 0 and found.left >= 0 for found in seen
    )
    assert [found.elapsed for found in seen] == sorted(found.elapsed for found in seen)
    assert seen[0].updated > seen[-1].updated and jobs.status(tmp_path).state == State.DONE
    tried(
        "the clock goes back: status, rate, time left",
        "as it must",
        f"{seen[-1].done} of 10, {seen[-1].rate:.0f} a second, none negative",
    )


def test_the_selection_made_last_is_the_last_though_the_clock_went_back(new_run, score, tried):
    run = new_run()
    score(run)
    kept = []
    for budget in ("2", "3", "1"):
        kept.append(
            save_selection(run, Choice(budget=budget), choose(run, Choice(budget=budget))[1])
        )
        if budget == "2":
            ahead = time.time_ns() + DAY * 10**9
            os.utime(kept[0], ns=(ahead, ahead))  # written while the clock was a day ahead
        assert find_selection(run) == kept[-1]
    save_selection(run, Choice(budget="2"), choose(run, Choice(budget="2"))[1])
    assert find_selection(run) == kept[0]
    tried(
        "the clock goes back between selections",
        "in order",
        "the one made last is the one exported",
    )


def test_runs_are_listed_newest_first_though_the_clock_went_back(new_run, tmp_path, tried):
    first = new_run("pool")
    ahead = time.time_ns() + DAY * 10**9
    os.utime(first.folder / "run.json", ns=(ahead, ahead))
    second, third = new_run("pool", "known"), new_run("pool", "target")
    assert [run.id for run in list_runs(tmp_path)] == [third.id, second.id, first.id]
    tried("the clock goes back between runs", "in order", "newest first")


def test_verdicts_stand_in_the_order_of_writing_whatever_the_clock_says(
    tmp_path, monkeypatch, tried
):
    class Clock(datetime):
        looks = 0

        @classmethod
        def now(cls, zone=None):
            cls.looks += 1
            return datetime(2026, 1, 10, tzinfo=UTC) - timedelta(days=cls.looks)

    monkeypatch.setattr(logs, "datetime", Clock)
    log = open_log(tmp_path)
    for number, action in enumerate((Action.KEEP, Action.DROP, Action.FLAG)):
        log.append([Event(str(number), "a", action, "anna")])
    found = log.events()
    assert [event.uid for event in found] == ["0", "1", "2"] and [
        event.time for event in found
    ] == sorted((event.time for event in found), reverse=True)
    assert by_reviewer(found)["anna"]["a"].action == Action.FLAG
    tried("the clock goes back between verdicts", "in order", "what was said last stands")


def test_the_table_of_verdicts_has_the_latest_first_whatever_the_clock_says(
    demo, workspace, monkeypatch, tried
):
    from delift_core.runs.store import open_demo

    monkeypatch.delenv("DELIFT_DATABASE", raising=False)
    run = open_demo(workspace)
    log = open_log(run.folder)
    monkeypatch.setattr(
        logs,
        "replace",
        lambda event, time: replace(event, time=f"2026-01-0{9 - int(event.uid)}T00:00:00+00:00"),
    )
    log.append(
        [Event(str(number), run.pool[number].id, Action.KEEP, "anna") for number in range(3)]
    )
    page = demo("deliver/audit", budget="12", reviewer="anna")
    page.session_state["audit tab"] = next(
        one.label for one in page.tabs if one.label.endswith("Verdicts")
    )
    page = page.run()
    listed = next(
        frame.value
        for frame in page.dataframe
        if "example" in frame.value.columns and "verdict" in frame.value.columns
    )
    assert (
        listed["example"].tolist() == [run.pool[number].id for number in (2, 1, 0)]
        and not page.exception
    )
    tried("the clock goes back: the table of verdicts", "in order", "the latest first")
